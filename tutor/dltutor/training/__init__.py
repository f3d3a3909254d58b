"""The process that trains. Everything here may import torch; nothing outside imports it."""
