#include "support.h"

/* Files that the project made itself, with tests/data/make.py. */
static const struct { const char *name; size_t pages; DIO_ImageFileFormat format; } files[] = {
    { "pages.tif", 2, DIO_IFF_TIFF },
    { "frames.gif", 3, DIO_IFF_GIF },
    { "frames.webp", 3, DIO_IFF_WEBP },
    { "pages.pdf", 2, DIO_IFF_PDF },
};

static void every_page_is_read_in_any_order(const char *data)
{
    for (size_t at = 0; at < sizeof files / sizeof files[0]; at++) {
        DIO_Reader *reader = NULL;
        DIO_ImageData *image[4] = { NULL }, *again = NULL;
        size_t count = 0;
        OK(DIO_ReaderOpenFile(in_folder(data, files[at].name), NULL, &reader));
        OK(DIO_ReaderGetPageCount(reader, &count));
        CHECK(count == files[at].pages);
        for (size_t page = count; page-- > 0;) {
            DIO_ImageInfo info;
            info.struct_size = sizeof info;
            OK(DIO_ReaderGetPageInfo(reader, page, &info));
            OK(DIO_ReaderReadPage(reader, page, &image[page]));
            CHECK(info.page_count == count && info.file_format == files[at].format);
            CHECK(DIO_ImageDataGetPageNumber(image[page]) == page);
            CHECK(DIO_ImageDataGetTotalPages(image[page]) == count);
            CHECK(info.width == DIO_ImageDataGetWidth(image[page]));
            CHECK(info.height == DIO_ImageDataGetHeight(image[page]));
            CHECK(info.pixel_format == DIO_ImageDataGetPixelFormat(image[page]));
        }
        CHECK(!same_pixels(image[0], image[1]));
        OK(DIO_ReaderReadPage(reader, 1, &again));
        CHECK(same_pixels(image[1], again));
        FAILS(DIO_EC_PAGE_NUMBER_INVALID, "the file has", DIO_ReaderReadPage(reader, count, &again));
        FAILS(DIO_EC_PAGE_NUMBER_INVALID, "the file has", DIO_ReaderReadPage(reader, SIZE_MAX, &again));
        DIO_FreeReader(reader);
        /* Images do not need their reader. */
        CHECK(DIO_ImageDataGetBytes(image[0]) != NULL);
        for (size_t page = 0; page < count; page++)
            DIO_FreeImageData(image[page]);
        DIO_FreeImageData(again);
    }
}

static void a_page_lands_in_the_callers_memory(const char *data)
{
    static const DIO_ImagePixelFormat formats[] = { DIO_IPF_GRAYSCALED, DIO_IPF_BGR_888, DIO_IPF_ARGB_8888,
                                                    DIO_IPF_BINARY, DIO_IPF_NV12, DIO_IPF_RGB_565 };
    for (size_t at = 0; at < sizeof files / sizeof files[0]; at++) {
        DIO_Reader *reader = NULL;
        OK(DIO_ReaderOpenFile(in_folder(data, files[at].name), NULL, &reader));
        for (size_t f = 0; f < sizeof formats / sizeof formats[0]; f++) {
            DIO_ImageData *image = NULL;
            DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
            options.pixel_format = formats[f];
            OK(DIO_ReaderReadPageWithOptions(reader, 0, &options, &image));
            size_t least = DIO_ImageDataGetStride(image), rows = DIO_ImageDataGetBytesLength(image) / least;
            size_t stride = least + 3, size = stride * (rows - 1) + least;
            DIO_PixelLayout layout = { sizeof layout, DIO_ImageDataGetWidth(image), DIO_ImageDataGetHeight(image),
                                       formats[f], 0, 0, stride, size };
            uint8_t *to = malloc(size);
            CHECK(to != NULL);
            memset(to, 0xEE, size);
            OK(DIO_ReaderReadPageInto(reader, 0, to, &layout));
            for (size_t y = 0; y < rows; y++) {
                CHECK(memcmp(to + y * stride, DIO_ImageDataGetBytes(image) + y * least, least) == 0);
                CHECK(y + 1 == rows || to[y * stride + least] == 0xEE);
            }
            layout.size = size - 1;
            FAILS(DIO_EC_BUFFER_TOO_SMALL, "the page takes", DIO_ReaderReadPageInto(reader, 0, to, &layout));
            layout.size = size;
            layout.width -= 1;
            FAILS(DIO_EC_IMAGE_SIZE_NOT_MATCH, "the page is", DIO_ReaderReadPageInto(reader, 0, to, &layout));
            layout.width += 1;
            layout.orientation = 180;
            FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "orientation",
                  DIO_ReaderReadPageInto(reader, 0, to, &layout));
            free(to);
            DIO_FreeImageData(image);
        }
        DIO_FreeReader(reader);
    }
}

static void memory_is_borrowed_until_the_reader_is_freed(void)
{
    DIO_ImageData *image = make_colour(5, 4), *back = NULL;
    DIO_Reader *reader = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    OK(DIO_SaveToMemory(image, DIO_IFF_PNG, &bytes, &size));
    OK(DIO_ReaderOpenMemory(bytes, size, NULL, &reader));
    OK(DIO_ReaderReadPage(reader, 0, &back));
    CHECK(DIO_ImageDataGetFilePath(back) == NULL);
    DIO_FreeReader(reader);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(back);
    DIO_FreeImageData(image);
}

static void null_arguments_are_named(const char *data)
{
    DIO_Reader *reader = NULL;
    DIO_ImageData *image = NULL;
    DIO_ImageInfo info;
    size_t count = 7;
    uint8_t byte;
    info.struct_size = sizeof info;
    FAILS(DIO_EC_NULL_POINTER, "`path`", DIO_ReaderOpenFile(NULL, NULL, &reader));
    FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderOpenFile("x", NULL, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`bytes`", DIO_ReaderOpenMemory(NULL, 1, NULL, &reader));
    FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderOpenMemory(&byte, 1, NULL, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`stream`", DIO_ReaderOpenStream(NULL, NULL, &reader));
    FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderGetPageCount(NULL, &count));
    FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderGetPageInfo(NULL, 0, &info));
    FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderReadPage(NULL, 0, &image));
    FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderReadPageWithOptions(NULL, 0, NULL, &image));
    FAILS(DIO_EC_NULL_POINTER, "`reader`", DIO_ReaderReadPageInto(NULL, 0, &byte, NULL));
    OK(DIO_ReaderOpenFile(in_folder(data, "frames.gif"), NULL, &reader));
    FAILS(DIO_EC_NULL_POINTER, "`count`", DIO_ReaderGetPageCount(reader, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`info`", DIO_ReaderGetPageInfo(reader, 0, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ReaderReadPage(reader, 0, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_ReaderReadPageWithOptions(reader, 0, NULL, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`layout`", DIO_ReaderReadPageInto(reader, 0, &byte, NULL));
    DIO_PixelLayout layout = { sizeof layout, 1, 1, DIO_IPF_GRAYSCALED, 0, 0, 1, 1 };
    FAILS(DIO_EC_NULL_POINTER, "`data`", DIO_ReaderReadPageInto(reader, 0, NULL, &layout));
    CHECK(image == NULL && count == 7);
    DIO_FreeReader(reader);
}

int main(int argc, char **argv)
{
    const char *data = data_folder(argc, argv);
    every_page_is_read_in_any_order(data);
    a_page_lands_in_the_callers_memory(data);
    memory_is_borrowed_until_the_reader_is_freed();
    null_arguments_are_named(data);
    return EXIT_SUCCESS;
}
