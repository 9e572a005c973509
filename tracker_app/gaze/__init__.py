"""From camera frames to gaze: landmarks, features, estimate, filter."""
