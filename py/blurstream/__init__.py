"""BlurStream: background privacy for video calls. The pipeline from a camera frame to a safe frame."""
