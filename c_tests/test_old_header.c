/* A program of an earlier version: compiled against a header that was kept (tests/abi), run with the library of today. Behind
   each of its structs lie bytes that were never zeroed, as they do on a stack. */
#include "folder.h"
#include "support.h"

static int32_t told(void *user, uint64_t done, uint64_t total)
{
    (void)done;
    (void)total;
    ++*(int *)user;
    return 0;
}

/* Bytes behind a struct that the library must leave alone. */
#define FENCED(type, name) \
    struct {               \
        type it;           \
        uint8_t fence[64]; \
    } name;                \
    memset(&name, 0xa5, sizeof name)

#define UNTOUCHED(name)                                             \
    for (size_t byte_ = 0; byte_ < sizeof name.fence; byte_++)      \
    CHECK(name.fence[byte_] == 0xa5)

static void structs_have_the_sizes_they_had(void)
{
    /* In the order of tests/abi: what has grown since. */
    static const size_t read[] = { 120, 208 }, save[] = { 136, 152 }, info[] = { 112, 120 };
    CHECK(sizeof(DIO_ReadOptions) == read[DIO_KEPT] && sizeof(DIO_SaveOptions) == save[DIO_KEPT]);
    CHECK(sizeof(DIO_ImageInfo) == info[DIO_KEPT]);
    CHECK(sizeof(DIO_PixelLayout) == 40 && sizeof(DIO_Stream) == 40);
    CHECK(sizeof(DIO_FormatInfo) == 184 && sizeof(DIO_BinarizeOptions) == 24);
}

static void nothing_is_written_behind_them(const char *path)
{
    FENCED(DIO_ReadOptions, read);
    FENCED(DIO_SaveOptions, save);
    FENCED(DIO_BinarizeOptions, binarize);
    FENCED(DIO_ImageInfo, info);
    FENCED(DIO_FormatInfo, format);
    OK(DIO_ReadOptions_Init(&read.it, sizeof read.it));
    OK(DIO_SaveOptions_Init(&save.it, sizeof save.it));
    OK(DIO_BinarizeOptions_Init(&binarize.it, sizeof binarize.it));
    info.it.struct_size = sizeof info.it;
    OK(DIO_ProbeFile(path, &read.it, &info.it));
    CHECK(info.it.width == 60 && info.it.page_count == 2);
    format.it.struct_size = sizeof format.it;
    OK(DIO_QueryFormat(DIO_IFF_TIFF, &format.it));
    UNTOUCHED(read);
    UNTOUCHED(save);
    UNTOUCHED(binarize);
    UNTOUCHED(info);
    UNTOUCHED(format);
}

static void a_document_is_written_and_read(const char *path)
{
    DIO_ImageData *image = make_colour(60, 40), *bilevel = NULL, *back = NULL;
    DIO_SaveOptions save = DIO_SAVE_OPTIONS_INIT;
    DIO_ReadOptions read = DIO_READ_OPTIONS_INIT;
    DIO_BinarizeOptions binarize = { sizeof binarize, 0, 0, 0, 0 };
    DIO_Writer *writer = NULL;
    DIO_Reader *reader = NULL;
    size_t pages = 0;
    int calls = 0;
    save.compression = DIO_COMPRESSION_LZW;
    save.progress = told;
    save.progress_user = &calls;
    OK(DIO_BinarizeOptions_Init(&binarize, sizeof binarize));
    OK(DIO_ImageDataBinarize(image, &binarize, &bilevel));
    OK(DIO_WriterOpenFile(path, 0, &save, &writer));
    OK(DIO_WriterAddPage(writer, image, NULL));
    OK(DIO_WriterAddPage(writer, bilevel, NULL));
    OK(DIO_WriterFinish(writer));
    DIO_FreeWriter(writer);
    CHECK(calls > 0);
    read.pixel_format = DIO_IPF_BGR_888;
    OK(DIO_ReaderOpenFile(path, &read, &reader));
    OK(DIO_ReaderGetPageCount(reader, &pages));
    CHECK(pages == 2);
    OK(DIO_ReaderReadPage(reader, 0, &back));
    CHECK(same_pixels(back, image));
    DIO_FreeImageData(back);
    DIO_FreeReader(reader);
    DIO_FreeImageData(bilevel);
    DIO_FreeImageData(image);
}

/* What the program does not know of does what it does by default. */
static void pages_are_read_as_without_options(const char *path)
{
    FENCED(DIO_ReadOptions, read);
    FENCED(DIO_ImageInfo, info);
    DIO_ImageData *plain = NULL, *image = NULL;
    DIO_Reader *reader = NULL;
    OK(DIO_ReadFromFile(path, &plain));
    OK(DIO_ReadOptions_Init(&read.it, sizeof read.it));
    OK(DIO_ReadFromFileWithOptions(path, &read.it, &image));
    CHECK(same_pixels(image, plain));
    DIO_FreeImageData(image);
    OK(DIO_ReaderOpenFile(path, &read.it, &reader));
    info.it.struct_size = sizeof info.it;
    OK(DIO_ReaderGetPageInfo(reader, 0, &info.it));
    CHECK(info.it.width == DIO_ImageDataGetWidth(plain) && info.it.loop_count == 0);
    UNTOUCHED(info);
    OK(DIO_ReaderReadPage(reader, 0, &image));
    CHECK(same_pixels(image, plain));
    DIO_FreeImageData(image);
    OK(DIO_ReaderReadPageWithOptions(reader, 0, &read.it, &image));
    CHECK(same_pixels(image, plain));
    DIO_FreeImageData(image);
    /* What it knows of is heeded. */
    read.it.max_width = 3;
    image = plain;
    FAILS(DIO_EC_LIMIT_EXCEEDED, "max_width is 3", DIO_ReadFromFileWithOptions(path, &read.it, &image));
    CHECK(image == plain);
    UNTOUCHED(read);
    DIO_FreeReader(reader);
    DIO_FreeImageData(plain);
}

static void pages_are_written_as_without_options(DIO_ImageFileFormat format)
{
    FENCED(DIO_SaveOptions, save);
    DIO_ImageData *image = make_colour(60, 40), *once = NULL, *again = NULL;
    DIO_Writer *writer = NULL;
    uint8_t *plain = NULL, *bytes = NULL;
    size_t size = 0, len = 0;
    OK(DIO_SaveToMemory(image, format, &plain, &size));
    OK(DIO_SaveOptions_Init(&save.it, sizeof save.it));
    OK(DIO_SaveToMemoryWithOptions(image, format, &save.it, &bytes, &len));
    CHECK(len == size && memcmp(bytes, plain, len) == 0);
    DIO_FreeBytes(bytes);
    save.it.format = format;
    OK(DIO_WriterOpenMemory(&save.it, &writer));
    OK(DIO_WriterAddPage(writer, image, &save.it));
    OK(DIO_WriterFinishToMemory(writer, &bytes, &len));
    DIO_FreeWriter(writer);
    OK(DIO_ReadFromMemory(plain, size, &once));
    OK(DIO_ReadFromMemory(bytes, len, &again));
    CHECK(same_pixels(once, again));
    DIO_FreeImageData(once);
    DIO_FreeImageData(again);
    DIO_FreeBytes(bytes);
    DIO_FreeBytes(plain);
    DIO_FreeImageData(image);
    UNTOUCHED(save);
}

/* What was set at compile time is what the library would set. */
static void static_defaults_are_those_of_the_library(void)
{
    static const DIO_ReadOptions read = DIO_READ_OPTIONS_INIT;
    static const DIO_SaveOptions save = DIO_SAVE_OPTIONS_INIT;
    DIO_ReadOptions same_read;
    DIO_SaveOptions same_save;
    OK(DIO_ReadOptions_Init(&same_read, sizeof same_read));
    OK(DIO_SaveOptions_Init(&same_save, sizeof same_save));
    CHECK(memcmp(&read, &same_read, sizeof read) == 0);
    CHECK(memcmp(&save, &same_save, sizeof save) == 0);
}

/* No version had half a field. */
static void sizes_between_versions_are_refused(const char *path)
{
    DIO_ReadOptions read = DIO_READ_OPTIONS_INIT;
    DIO_ImageInfo info;
    DIO_ImageData *image = NULL;
    read.struct_size += 4;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "in no version", DIO_ReadFromFileWithOptions(path, &read, &image));
    info.struct_size = sizeof info + 4;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "in no version", DIO_ProbeFile(path, NULL, &info));
}

/* A program of tomorrow, whose structs are longer. */
static void later_structs_are_taken_while_what_is_new_is_not_used(const char *path)
{
    struct {
        DIO_ReadOptions it;
        uint64_t later[50];
    } read;
    struct {
        DIO_ImageInfo it;
        uint64_t later[50];
    } info;
    DIO_ImageData *image = NULL;
    OK(DIO_ReadOptions_Init(&read.it, sizeof read));
    CHECK(read.it.struct_size == sizeof read && read.later[49] == 0);
    OK(DIO_ReadFromFileWithOptions(path, &read.it, &image));
    DIO_FreeImageData(image);
    info.it.struct_size = sizeof info;
    info.later[49] = 7;
    OK(DIO_ProbeFile(path, NULL, &info.it));
    CHECK(info.later[49] == 0);
    read.later[49] = 1;
    RETURNS(DIO_EC_OPTIONS_TOO_NEW, DIO_ReadFromFileWithOptions(path, &read.it, &image));
}

int main(int argc, char **argv)
{
    const char *folder = new_folder(), *path = in_folder(folder, "a.tif"), *data = data_folder(argc, argv);
    structs_have_the_sizes_they_had();
    a_document_is_written_and_read(path);
    nothing_is_written_behind_them(path);
    pages_are_read_as_without_options(path);
    pages_are_read_as_without_options(in_folder(data, "pages.pdf"));
    pages_are_written_as_without_options(DIO_IFF_TIFF);
    pages_are_written_as_without_options(DIO_IFF_PDF);
    static_defaults_are_those_of_the_library();
    sizes_between_versions_are_refused(path);
    later_structs_are_taken_while_what_is_new_is_not_used(path);
    remove_folder(folder);
    return EXIT_SUCCESS;
}
