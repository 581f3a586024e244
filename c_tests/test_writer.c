#include "folder.h"
#include "support.h"

static const char *folder;

static DIO_SaveOptions of_format(DIO_ImageFileFormat format)
{
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    options.format = format;
    return options;
}

static DIO_Writer *in_memory(DIO_ImageFileFormat format)
{
    DIO_SaveOptions options = of_format(format);
    DIO_Writer *writer = NULL;
    OK(DIO_WriterOpenMemory(&options, &writer));
    return writer;
}

static void arguments_are_named(void)
{
    DIO_Writer *writer = NULL, *memory = in_memory(DIO_IFF_TIFF);
    DIO_ImageData *image = make_colour(3, 3);
    DIO_SaveOptions bad = DIO_SAVE_OPTIONS_INIT, tiff = of_format(DIO_IFF_TIFF), avif = of_format(DIO_IFF_AVIF);
    DIO_Stream stream = { sizeof stream, 0, NULL, NULL, NULL, NULL };
    const char *path = in_folder(folder, "a.tif");
    const uint8_t byte = 0;
    uint8_t *bytes = NULL;
    size_t size = 7;
    bad.quality = 0;
    FAILS(DIO_EC_NULL_POINTER, "`path`", DIO_WriterOpenFile(NULL, 0, NULL, &writer));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterOpenFile(path, 0, NULL, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`overwrite` is 2", DIO_WriterOpenFile(path, 2, NULL, &writer));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "quality is 0", DIO_WriterOpenFile(path, 0, &bad, &writer));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "\"docx\"",
          DIO_WriterOpenFile(in_folder(folder, "a.docx"), 0, NULL, &writer));
    FAILS(DIO_EC_CREATE_FILE_FAILED, "missing/a.tif",
          DIO_WriterOpenFile(in_folder(folder, "missing/a.tif"), 0, NULL, &writer));
    FAILS(DIO_EC_NULL_POINTER, "`path`", DIO_WriterOpenAppend(NULL, NULL, &writer));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterOpenAppend(path, NULL, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "quality is 0", DIO_WriterOpenAppend(path, &bad, &writer));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterOpenMemory(&tiff, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "format", DIO_WriterOpenMemory(NULL, &writer));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "AVIF", DIO_WriterOpenMemory(&avif, &writer));
    FAILS(DIO_EC_NULL_POINTER, "`stream`", DIO_WriterOpenStream(NULL, &tiff, &writer));
    FAILS(DIO_EC_NULL_POINTER, "`stream->write`", DIO_WriterOpenStream(&stream, &tiff, &writer));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterOpenStream(&stream, &tiff, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterAddPage(NULL, image, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`image`", DIO_WriterAddPage(memory, NULL, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "quality is 0", DIO_WriterAddPage(memory, image, &bad));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterAddEncoded(NULL, &byte, 1, NULL));
    FAILS(DIO_EC_NULL_POINTER, "`bytes`", DIO_WriterAddEncoded(memory, NULL, 1, NULL));
    FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "", DIO_WriterAddEncoded(memory, NULL, 0, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "quality is 0", DIO_WriterAddEncoded(memory, &byte, 1, &bad));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterFinish(NULL));
    FAILS(DIO_EC_NULL_POINTER, "`writer`", DIO_WriterFinishToMemory(NULL, &bytes, &size));
    FAILS(DIO_EC_NULL_POINTER, "`bytes`", DIO_WriterFinishToMemory(memory, NULL, &size));
    FAILS(DIO_EC_NULL_POINTER, "`size`", DIO_WriterFinishToMemory(memory, &bytes, NULL));
    CHECK(writer == NULL && bytes == NULL && size == 7);
    CHECK(count_entries(folder) == 0);
    DIO_FreeWriter(memory);
    DIO_FreeWriter(NULL);
    DIO_FreeImageData(image);
}

static size_t pages_in(const uint8_t *bytes, size_t size)
{
    DIO_Reader *reader = NULL;
    size_t count = 0;
    OK(DIO_ReaderOpenMemory(bytes, size, NULL, &reader));
    OK(DIO_ReaderGetPageCount(reader, &count));
    DIO_FreeReader(reader);
    return count;
}

static void a_document_ends_once_and_where_it_began(void)
{
    DIO_ImageData *image = make_colour(5, 4);
    DIO_Writer *writer = in_memory(DIO_IFF_PDF);
    const char *path = in_folder(folder, "a.pdf");
    uint8_t *bytes = NULL;
    size_t size = 0, most = 1 << 16;
    OK(DIO_WriterAddPage(writer, image, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "DIO_WriterFinishToMemory", DIO_WriterFinish(writer));
    OK(DIO_WriterAddPage(writer, image, NULL));
    OK(DIO_WriterFinishToMemory(writer, &bytes, &size));
    CHECK(pages_in(bytes, size) == 2);
    uint8_t *first = bytes;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "finished", DIO_WriterFinishToMemory(writer, &bytes, &size));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "finished", DIO_WriterFinish(writer));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "finished", DIO_WriterAddPage(writer, image, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "finished", DIO_WriterAddEncoded(writer, bytes, size, NULL));
    CHECK(bytes == first);
    DIO_FreeWriter(writer);

    /* The same calls give the same bytes in a file. */
    OK(DIO_WriterOpenFile(path, 0, NULL, &writer));
    OK(DIO_WriterAddPage(writer, image, NULL));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "DIO_WriterFinish ", DIO_WriterFinishToMemory(writer, &bytes, &size));
    OK(DIO_WriterAddPage(writer, image, NULL));
    OK(DIO_WriterFinish(writer));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "finished", DIO_WriterFinish(writer));
    DIO_FreeWriter(writer);
    uint8_t *file = malloc(most);
    CHECK(file != NULL && read_file(path, file, most) == size && memcmp(file, bytes, size) == 0);
    free(file);
    DIO_FreeBytes(bytes);

    /* A document without a page is none, and leaves no file. */
    unlink(path);
    OK(DIO_WriterOpenFile(path, 0, NULL, &writer));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "no page", DIO_WriterFinish(writer));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "finished", DIO_WriterFinish(writer));
    DIO_FreeWriter(writer);
    CHECK(count_entries(folder) == 0);
    DIO_FreeImageData(image);
}

static void what_is_not_finished_leaves_nothing(void)
{
    static const char *names[] = { "a.tif", "a.pdf", "a.png", "a.jpg" };
    DIO_ImageData *image = make_colour(40, 30);
    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        const char *path = in_folder(folder, names[at]);
        DIO_Writer *writer = NULL;
        char old[8];
        for (int pages = 0; pages < 2; pages++) {
            OK(DIO_WriterOpenFile(path, 0, NULL, &writer));
            if (pages)
                OK(DIO_WriterAddPage(writer, image, NULL));
            CHECK(access(path, F_OK) != 0);
            DIO_FreeWriter(writer);
            CHECK(count_entries(folder) == 0);
        }
        write_file(path, "precious", 8);
        OK(DIO_WriterOpenFile(path, 1, NULL, &writer));
        OK(DIO_WriterAddPage(writer, image, NULL));
        DIO_FreeWriter(writer);
        CHECK(read_file(path, old, 8) == 8 && memcmp(old, "precious", 8) == 0);
        FAILS(DIO_EC_FILE_ALREADY_EXISTS, names[at], DIO_WriterOpenFile(path, 0, NULL, &writer));
        CHECK(count_entries(folder) == 1);
        unlink(path);

        /* A file that comes into being meanwhile is not replaced either. */
        OK(DIO_WriterOpenFile(path, 0, NULL, &writer));
        OK(DIO_WriterAddPage(writer, image, NULL));
        write_file(path, "precious", 8);
        FAILS(DIO_EC_FILE_ALREADY_EXISTS, names[at], DIO_WriterFinish(writer));
        DIO_FreeWriter(writer);
        CHECK(read_file(path, old, 8) == 8 && memcmp(old, "precious", 8) == 0);
        CHECK(count_entries(folder) == 1);
        OK(DIO_WriterOpenFile(path, 1, NULL, &writer));
        OK(DIO_WriterAddPage(writer, image, NULL));
        OK(DIO_WriterFinish(writer));
        DIO_FreeWriter(writer);
        CHECK(read_file(path, old, 8) == 8 && memcmp(old, "precious", 8) != 0);
        CHECK(count_entries(folder) == 1);
        unlink(path);
    }
    DIO_FreeImageData(image);
}

/* Page `page` of the file as the library stores `image`. */
static void holds(DIO_Reader *reader, size_t page, const DIO_ImageData *image)
{
    DIO_ImageData *read = NULL, *expected = NULL;
    OK(DIO_ReaderReadPage(reader, page, &read));
    OK(DIO_ImageDataConvert(image, DIO_ImageDataGetPixelFormat(read), &expected));
    CHECK(same_pixels(read, expected));
    DIO_FreeImageData(read);
    DIO_FreeImageData(expected);
}

static void a_page_of_each_pixel_format_goes_into_a_tiff(void)
{
    DIO_ImageData *pages[18];
    DIO_Writer *writer = in_memory(DIO_IFF_TIFF);
    DIO_Reader *reader = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    for (int at = 0; at < 18; at++) {
        DIO_ImagePixelFormat format = at < 16 ? at : DIO_IPF_GRAY_16 + at - 16;
        pages[at] = make_image(20 + (uint32_t)at, 31 - (uint32_t)at, format);
        OK(DIO_WriterAddPage(writer, pages[at], NULL));
    }
    OK(DIO_WriterFinishToMemory(writer, &bytes, &size));
    DIO_FreeWriter(writer);
    CHECK(pages_in(bytes, size) == 18);
    OK(DIO_ReaderOpenMemory(bytes, size, NULL, &reader));
    for (size_t at = 0; at < 18; at++) {
        holds(reader, at, pages[at]);
        DIO_FreeImageData(pages[at]);
    }
    DIO_FreeReader(reader);
    DIO_FreeBytes(bytes);
}

static void options_of_a_page_go_before_those_of_the_document(void)
{
    DIO_ImageData *image = make_colour(64, 48);
    DIO_SaveOptions whole = of_format(DIO_IFF_TIFF), page = DIO_SAVE_OPTIONS_INIT, pdf = of_format(DIO_IFF_PDF);
    DIO_Writer *writer = NULL;
    DIO_Reader *reader = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    whole.compression = DIO_COMPRESSION_DEFLATE;
    whole.dpi_x = whole.dpi_y = 150;
    page.compression = DIO_COMPRESSION_PACKBITS;
    page.tile_width = page.tile_height = 32;
    page.dpi_x = 204, page.dpi_y = 98;
    OK(DIO_WriterOpenMemory(&whole, &writer));
    OK(DIO_WriterAddPage(writer, image, NULL));
    OK(DIO_WriterAddPage(writer, image, &page));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "format is not that of the document", DIO_WriterAddPage(writer, image, &pdf));
    page.tile_width = 20;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "20 x 32", DIO_WriterAddPage(writer, image, &page));
    OK(DIO_WriterAddPage(writer, image, NULL));
    OK(DIO_WriterFinishToMemory(writer, &bytes, &size));
    DIO_FreeWriter(writer);
    OK(DIO_ReaderOpenMemory(bytes, size, NULL, &reader));
    for (size_t at = 0; at < 3; at++) {
        DIO_ImageInfo info = { .struct_size = sizeof info };
        OK(DIO_ReaderGetPageInfo(reader, at, &info));
        CHECK(info.page_count == 3);
        CHECK(info.compression == (at == 1 ? DIO_COMPRESSION_PACKBITS : DIO_COMPRESSION_DEFLATE));
        CHECK(info.dpi_x == (at == 1 ? 204 : 150) && info.dpi_y == (at == 1 ? 98 : 150));
        holds(reader, at, image);
    }
    DIO_FreeReader(reader);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

static int32_t stop(void *user, uint64_t done, uint64_t total)
{
    (void)user, (void)total;
    return done >= 10;
}

static void a_page_that_fails_is_not_in_the_document(void)
{
    static const DIO_ImageFileFormat formats[] = { DIO_IFF_TIFF, DIO_IFF_PDF, DIO_IFF_PNG };
    DIO_ImageData *image = make_colour(60, 50);
    for (size_t at = 0; at < 3; at++) {
        DIO_SaveOptions stopped = DIO_SAVE_OPTIONS_INIT;
        size_t sizes[2], pages = at < 2 ? 2 : 1;
        uint8_t *bytes[2] = { NULL, NULL };
        stopped.progress = stop;
        for (int failing = 0; failing < 2; failing++) {
            DIO_Writer *writer = in_memory(formats[at]);
            for (size_t page = 0; page < pages; page++) {
                if (failing)
                    FAILS(DIO_EC_CANCELLED, "", DIO_WriterAddPage(writer, image, &stopped));
                OK(DIO_WriterAddPage(writer, image, NULL));
            }
            if (pages == 1)
                FAILS(DIO_EC_MULTI_PAGES_NOT_SUPPORTED, "PNG", DIO_WriterAddPage(writer, image, NULL));
            OK(DIO_WriterFinishToMemory(writer, &bytes[failing], &sizes[failing]));
            DIO_FreeWriter(writer);
        }
        CHECK(sizes[0] == sizes[1] && memcmp(bytes[0], bytes[1], sizes[0]) == 0);
        CHECK(pages_in(bytes[0], sizes[0]) == pages);
        DIO_FreeBytes(bytes[0]);
        DIO_FreeBytes(bytes[1]);
    }
    DIO_FreeImageData(image);
}

static int contains(const uint8_t *all, size_t size, const uint8_t *part, size_t len)
{
    for (size_t at = 0; at + len <= size; at++)
        if (memcmp(all + at, part, len) == 0)
            return 1;
    return 0;
}

static void encoded_pages_go_through_where_they_can(void)
{
    static const DIO_ImageFileFormat formats[] = { DIO_IFF_TIFF, DIO_IFF_PDF, DIO_IFF_PNG };
    static const uint8_t garbage[] = "this is no image at all, whatever its name says";
    DIO_ImageData *image = make_colour(70, 45), *decoded = NULL;
    uint8_t *jpeg = NULL;
    size_t len = 0;
    OK(DIO_SaveToMemory(image, DIO_IFF_JPEG, &jpeg, &len));
    OK(DIO_ReadFromMemory(jpeg, len, &decoded));
    for (size_t at = 0; at < 3; at++) {
        DIO_Writer *writer = in_memory(formats[at]);
        DIO_Reader *reader = NULL;
        uint8_t *bytes = NULL;
        size_t size = 0;
        FAILS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "", DIO_WriterAddEncoded(writer, garbage, sizeof garbage, NULL));
        FAILS(DIO_EC_IMAGE_READ_FAILED, "", DIO_WriterAddEncoded(writer, jpeg, len / 2, NULL));
        OK(DIO_WriterAddEncoded(writer, jpeg, len, NULL));
        OK(DIO_WriterFinishToMemory(writer, &bytes, &size));
        DIO_FreeWriter(writer);
        CHECK(contains(bytes, size, jpeg, len) == (formats[at] != DIO_IFF_PNG));
        CHECK(pages_in(bytes, size) == 1);
        OK(DIO_ReaderOpenMemory(bytes, size, NULL, &reader));
        if (formats[at] == DIO_IFF_PNG)
            holds(reader, 0, decoded);
        DIO_FreeReader(reader);
        DIO_FreeBytes(bytes);
    }
    /* Another compression is asked for: the pixels are written. */
    DIO_SaveOptions lzw = DIO_SAVE_OPTIONS_INIT;
    DIO_Writer *writer = in_memory(DIO_IFF_TIFF);
    DIO_Reader *reader = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    lzw.compression = DIO_COMPRESSION_LZW;
    OK(DIO_WriterAddEncoded(writer, jpeg, len, &lzw));
    OK(DIO_WriterFinishToMemory(writer, &bytes, &size));
    DIO_FreeWriter(writer);
    CHECK(!contains(bytes, size, jpeg, len));
    OK(DIO_ReaderOpenMemory(bytes, size, NULL, &reader));
    holds(reader, 0, decoded);
    DIO_FreeReader(reader);
    DIO_FreeBytes(bytes);
    DIO_FreeBytes(jpeg);
    DIO_FreeImageData(decoded);
    DIO_FreeImageData(image);
}

int main(void)
{
    folder = new_folder();
    arguments_are_named();
    a_document_ends_once_and_where_it_began();
    what_is_not_finished_leaves_nothing();
    a_page_of_each_pixel_format_goes_into_a_tiff();
    options_of_a_page_go_before_those_of_the_document();
    a_page_that_fails_is_not_in_the_document();
    encoded_pages_go_through_where_they_can();
    remove_folder(folder);
    return EXIT_SUCCESS;
}
