"""Reads dlib's serialised face network and writes it as ONNX. For maintainers; the product ships the result."""
