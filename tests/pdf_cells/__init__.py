"""What pdf_written.py looks at, and what all of it needs: documents, and how others see them."""
