"""Prints the arrays of samples.rs. Needs Pillow, numpy, imagecodecs, and the jpegtran of libjpeg-turbo."""

import io
import subprocess

import imagecodecs
import numpy as np
from PIL import Image

y, x = np.mgrid[0:16, 0:24]
pixels = np.stack([x * 10, y * 15, 255 - x * 5 - y * 5], -1).clip(0, 255).astype(np.uint8)
for name, subsampling in (("PROGRESSIVE", 0), ("PROGRESSIVE_420", 2)):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=40, subsampling=subsampling, progressive=True)
    print(name, list(file.getvalue()))
    # The same coefficients in other codes.
    for way, more in (("", []), ("PROGRESSIVE_", ["-progressive", "-restart", "2B"])):
        command = ["jpegtran", "-arithmetic", *more]
        result = subprocess.run(command, input=file.getvalue(), capture_output=True, check=True)
        print("ARITHMETIC_" + way + name.removeprefix("PROGRESSIVE"), list(result.stdout))
y, x = np.mgrid[0:5, 0:7]
print("LOSSLESS", list(imagecodecs.ljpeg_encode((9000 * y + 1500 * x).astype(np.uint16))))
