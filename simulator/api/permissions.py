"""Who may read the API's description."""

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from simulator.models import Role, User


class IsTeam(IsAuthenticated):
    """Everybody but teachers: the description says how supervisors take part, and a study may not have."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and request.user.role != Role.TEACHER
