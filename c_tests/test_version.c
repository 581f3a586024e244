#include "support.h"

static void the_version_is_that_of_the_header(void)
{
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", DIO_VERSION_MAJOR, DIO_VERSION_MINOR, DIO_VERSION_PATCH);
    CHECK(strcmp(DIO_GetVersion(), version) == 0);
}

static void every_code_has_a_sentence(void)
{
    static const DIO_ErrorCode codes[] = {
        DIO_EC_OK, DIO_EC_UNKNOWN, DIO_EC_NO_MEMORY, DIO_EC_NULL_POINTER, DIO_EC_FILE_NOT_FOUND,
        DIO_EC_FILE_TYPE_NOT_SUPPORTED, DIO_EC_BPP_NOT_SUPPORTED, DIO_EC_INDEX_INVALID, DIO_EC_IMAGE_READ_FAILED,
        DIO_EC_TIFF_READ_FAILED, DIO_EC_PDF_READ_FAILED, DIO_EC_PDF_DLL_MISSING, DIO_EC_PAGE_NUMBER_INVALID,
        DIO_EC_TIMEOUT, DIO_EC_PARAMETER_VALUE_INVALID, DIO_EC_FILE_SAVE_FAILED, DIO_EC_IMAGE_ORIENTATION_INVALID,
        DIO_EC_MULTI_PAGES_NOT_SUPPORTED, DIO_EC_FILE_ALREADY_EXISTS, DIO_EC_CREATE_FILE_FAILED,
        DIO_EC_IMAGE_DATA_INVALID, DIO_EC_IMAGE_SIZE_NOT_MATCH, DIO_EC_IMAGE_PIXEL_FORMAT_NOT_MATCH,
        DIO_EC_PDF_LIBRARY_LOAD_FAILED, DIO_EC_LIMIT_EXCEEDED, DIO_EC_CANCELLED, DIO_EC_INTERNAL,
        DIO_EC_BUFFER_TOO_SMALL, DIO_EC_FEATURE_NOT_SUPPORTED, DIO_EC_PASSWORD_REQUIRED, DIO_EC_OPTIONS_TOO_NEW,
        DIO_EC_IO_FAILED,
    };
    size_t count = sizeof codes / sizeof codes[0];
    for (size_t a = 0; a < count; a++) {
        CHECK(strlen(DIO_GetErrorString(codes[a])) > 0);
        for (size_t b = 0; b < a; b++) {
            CHECK(codes[a] != codes[b]);
            CHECK(strcmp(DIO_GetErrorString(codes[a]), DIO_GetErrorString(codes[b])) != 0);
        }
    }
    CHECK(DIO_GetErrorString(12345) != NULL);
}

static void formats_are_described(void)
{
    static const struct { DIO_ImageFileFormat format; const char *name; } written[] = {
        { DIO_IFF_JPEG, "JPEG" }, { DIO_IFF_PNG, "PNG" }, { DIO_IFF_BMP, "BMP" },
        { DIO_IFF_PDF, "PDF" },   { DIO_IFF_TIFF, "TIFF" }, { DIO_IFF_GIF, "GIF" },
    };
    DIO_FormatInfo info = { 0 };
    for (size_t at = 0; at < sizeof written / sizeof written[0]; at++) {
        info.struct_size = sizeof info;
        OK(DIO_QueryFormat(written[at].format, &info));
        CHECK(strcmp(info.name, written[at].name) == 0);
        CHECK(info.format == written[at].format);
        CHECK(info.can_read == 1 && info.can_write == 1);
        CHECK(strlen(info.extensions) > 0 && strlen(info.media_type) > 0);
    }
    OK(DIO_QueryFormat(DIO_IFF_AVIF, &info));
    CHECK(info.can_read == 0 && info.can_write == 0);
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`format` is 4711", DIO_QueryFormat(4711, &info));
    FAILS(DIO_EC_NULL_POINTER, "`info`", DIO_QueryFormat(DIO_IFF_PNG, NULL));
    info.struct_size = 4;
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "info->struct_size", DIO_QueryFormat(DIO_IFF_PNG, &info));
}

static void a_struct_of_a_later_header_is_filled_and_zeroed(void)
{
    struct { DIO_FormatInfo known; uint32_t later[4]; } info;
    memset(&info, 0xAA, sizeof info);
    info.known.struct_size = sizeof info;
    OK(DIO_QueryFormat(DIO_IFF_PNG, &info.known));
    CHECK(info.known.struct_size == sizeof info);
    CHECK(info.later[0] == 0 && info.later[3] == 0);
}

int main(void)
{
    the_version_is_that_of_the_header();
    every_code_has_a_sentence();
    formats_are_described();
    a_struct_of_a_later_header_is_filled_and_zeroed();
    return EXIT_SUCCESS;
}
