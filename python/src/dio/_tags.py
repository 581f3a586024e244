"""What an image may be told to be: the page of a file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from enum import IntEnum


class EnumImageTagType(IntEnum):
    """Kinds of tags."""

    ITT_FILE_IMAGE = 0
    ITT_VIDEO_FRAME = 1


class ImageTag(ABC):
    """Where an image comes from. Programs may have tags of their own."""

    def __init__(self) -> None:
        self._image_id = 0
        self._distance_mode = 0

    @abstractmethod
    def get_type(self) -> int:
        """The kind of the tag: a member of EnumImageTagType."""

    @abstractmethod
    def clone(self) -> ImageTag:
        """A copy of the tag."""

    def get_image_id(self) -> int:
        """A number that the program has given to the image, 0 at first."""
        return self._image_id

    def set_image_id(self, imgId: int) -> None:  # noqa: N803 - the SDKs' name
        """Gives the image a number."""
        self._image_id = imgId

    def get_image_capture_distance_mode(self) -> int:
        """What the program has said about the camera's distance, 0 at first."""
        return self._distance_mode

    def set_image_capture_distance_mode(self, mode: int) -> None:
        """Keeps what the program says about the camera's distance."""
        self._distance_mode = mode


class FileImageTag(ImageTag):
    """A page of a file: its path, the page from 0, and how many pages there are."""

    def __init__(self, file_path: str, page_number: int, total_pages: int) -> None:
        super().__init__()
        self._file_path = file_path
        self._page_number = page_number
        self._total_pages = total_pages

    def get_file_path(self) -> str:
        """The path of the file."""
        return self._file_path

    def get_page_number(self) -> int:
        """The page, from 0."""
        return self._page_number

    def get_total_pages(self) -> int:
        """The pages of the file."""
        return self._total_pages

    def get_type(self) -> int:
        """EnumImageTagType.ITT_FILE_IMAGE."""
        return EnumImageTagType.ITT_FILE_IMAGE

    def clone(self) -> FileImageTag:
        """A copy of the tag."""
        copy = FileImageTag(self._file_path, self._page_number, self._total_pages)
        copy.set_image_id(self.get_image_id())
        copy.set_image_capture_distance_mode(self.get_image_capture_distance_mode())
        return copy

    def __repr__(self) -> str:
        return f"FileImageTag({self._file_path!r}, {self._page_number}, {self._total_pages})"
