"""A program as it was written for an SDK's ImageIO, every documented method and parameter, its import line changed.

usage: ported.py IMAGE FOLDER
"""

import os
import sys

import numpy as np

from dio import *  # was: from the SDK's module


def expect(code: int, message: str = "") -> None:
    if code != EnumErrorCode.EC_OK:
        raise SystemExit(f"error {code}: {message}")


def main() -> None:
    path, folder = sys.argv[1:]
    image_io = ImageIO()

    error_code, image = image_io.read_from_file(file_path=path)
    expect(error_code)
    with open(path, "rb") as file:
        file_bytes = file.read()
    error_code, same = image_io.read_from_memory(image_file_bytes=file_bytes)
    expect(error_code)
    assert image is not None
    assert same is not None
    assert image.get_bytes() == same.get_bytes()
    assert len(image.get_bytes()) == image.get_stride() * image.get_height()
    assert image.get_orientation() == 0

    tag = image.get_image_tag()
    assert isinstance(tag, FileImageTag)
    assert (tag.get_file_path(), tag.get_page_number(), tag.get_total_pages()) == (path, 0, 1)
    assert tag.get_type() == EnumImageTagType.ITT_FILE_IMAGE
    tag.set_image_id(imgId=5)
    tag.set_image_capture_distance_mode(mode=1)
    assert (tag.clone().get_image_id(), tag.clone().get_image_capture_distance_mode()) == (5, 1)

    error_code, error_message, array = image_io.save_to_numpy(image_data=image)
    expect(error_code, error_message)
    assert array is not None
    assert array.shape == (image.get_height(), image.get_width(), 3)
    error_code, error_message, again = image_io.read_from_numpy(
        image=array, image_pixel_format=EnumImagePixelFormat.IPF_RGB_888
    )
    expect(error_code, error_message)
    assert again is not None
    assert again.get_bytes() == image.get_bytes()

    made = ImageData(
        image.get_bytes(),
        image.get_width(),
        image.get_height(),
        image.get_stride(),
        image.get_image_pixel_format(),
        90,
        FileImageTag("made", 1, 2),
    )
    assert made.get_orientation() == 90
    made.set_image_tag(tag=FileImageTag(file_path="other", page_number=0, total_pages=1))

    saved = os.path.join(folder, "saved.png")
    error_code, error_message = image_io.save_to_file(image_data=made, path=saved, overwrite=True)
    expect(error_code, error_message)
    error_code, error_message = image_io.save_to_file(made, saved, False)
    assert error_code == EnumErrorCode.EC_FILE_ALREADY_EXISTS
    assert isinstance(error_message, str)
    error_code, image_file_bytes = image_io.save_to_memory(image_data=made, image_format=EnumImageFileFormat.IFF_PNG)
    expect(error_code)
    with open(saved, "rb") as file:
        assert file.read() == image_file_bytes

    error_code, none = image_io.read_from_file("no such file.png")
    assert (error_code, none) == (EnumErrorCode.EC_FILE_NOT_FOUND, None)
    error_code, error_message, none = image_io.read_from_numpy(np.zeros((2, 2)), EnumImagePixelFormat.IPF_RGB_888)
    assert (error_code, none) == (EnumErrorCode.EC_IMAGE_PIXEL_FORMAT_NOT_MATCH, None)
    assert error_message
    print("ported program passed")


if __name__ == "__main__":
    main()
