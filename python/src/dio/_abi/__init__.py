"""What include/dio.h declares, for Python: all but this file is made by tools/declarations.py."""
