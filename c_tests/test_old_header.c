/* A program of 0.1: compiled against the header that was kept of it (tests/abi/0.1), run with the library of today. */
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
    CHECK(sizeof(DIO_PixelLayout) == 40 && sizeof(DIO_Stream) == 40 && sizeof(DIO_ImageInfo) == 120);
    CHECK(sizeof(DIO_FormatInfo) == 184 && sizeof(DIO_BinarizeOptions) == 24);
    CHECK(sizeof(DIO_ReadOptions) == 176 && sizeof(DIO_SaveOptions) == 144);
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

/* A program of tomorrow, whose structs are longer. */
static void later_structs_are_taken_while_what_is_new_is_not_used(const char *path)
{
    struct {
        DIO_ReadOptions it;
        uint64_t later;
    } read;
    struct {
        DIO_ImageInfo it;
        uint64_t later;
    } info;
    DIO_ImageData *image = NULL;
    OK(DIO_ReadOptions_Init(&read.it, sizeof read));
    CHECK(read.it.struct_size == sizeof read && read.later == 0);
    OK(DIO_ReadFromFileWithOptions(path, &read.it, &image));
    DIO_FreeImageData(image);
    info.it.struct_size = sizeof info;
    info.later = 7;
    OK(DIO_ProbeFile(path, NULL, &info.it));
    CHECK(info.later == 0);
    read.later = 1;
    RETURNS(DIO_EC_OPTIONS_TOO_NEW, DIO_ReadFromFileWithOptions(path, &read.it, &image));
}

int main(void)
{
    const char *folder = new_folder(), *path = in_folder(folder, "a.tif");
    structs_have_the_sizes_they_had();
    a_document_is_written_and_read(path);
    nothing_is_written_behind_them(path);
    later_structs_are_taken_while_what_is_new_is_not_used(path);
    remove_folder(folder);
    return EXIT_SUCCESS;
}
