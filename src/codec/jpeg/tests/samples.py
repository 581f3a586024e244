"""Prints the arrays of samples.rs. Needs Pillow, numpy and imagecodecs."""

import io

import imagecodecs
import numpy as np
from PIL import Image

y, x = np.mgrid[0:16, 0:24]
pixels = np.stack([x * 10, y * 15, 255 - x * 5 - y * 5], -1).clip(0, 255).astype(np.uint8)
for name, subsampling in (("PROGRESSIVE", 0), ("PROGRESSIVE_420", 2)):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=40, subsampling=subsampling, progressive=True)
    print(name, list(file.getvalue()))
y, x = np.mgrid[0:5, 0:7]
print("LOSSLESS", list(imagecodecs.ljpeg_encode((9000 * y + 1500 * x).astype(np.uint16))))
