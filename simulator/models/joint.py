"""What verdicts have taught about the joint uncertainty: small models of coefficients, never changed."""

from django.db import models

from models_zoo.routing.joint import JointModel


class JointFit(models.Model):
    """One fit. The newest of a model version is in force for its turns; without one the prior is.

    ``figures`` compares it, on verdicts that it was not fitted on, with its prior and with each stage alone.
    """

    model_version = models.CharField(max_length=80, help_text="The version whose turns it is for.")
    version = models.CharField(max_length=40, help_text="Digest of the coefficients.")
    content = models.JSONField()
    n = models.PositiveIntegerField()
    wrong = models.PositiveIntegerField()
    figures = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["model_version", "-id"], name="joint_fit_newest")]

    def __str__(self) -> str:
        return f"{self.version} of n {self.n}"

    @property
    def model(self) -> JointModel:
        return JointModel.from_json(self.content)
