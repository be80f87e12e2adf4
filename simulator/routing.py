"""Where the two websockets come in."""

from django.urls import path

from .consumers.console import ConsoleConsumer
from .consumers.teacher import TeacherConsumer

websocket_urlpatterns = [
    path("ws/session/<str:session>/", TeacherConsumer.as_asgi()),
    path("ws/console/", ConsoleConsumer.as_asgi()),
]
