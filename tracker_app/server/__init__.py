"""The collection server. Never imports Qt, cv2, mediapipe or pynput."""
