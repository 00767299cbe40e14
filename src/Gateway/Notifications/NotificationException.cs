namespace Gateway.Notifications;

/// <summary>A receiver has not taken a notice.</summary>
internal sealed class NotificationException(string message) : Exception(message);
