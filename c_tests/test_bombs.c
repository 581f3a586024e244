/* Short files that ask for much: refused at once, and before memory is touched. */
#include "measured.h"

/* Headers of 30000 x 30000 pixels and nothing, or next to nothing, behind them. */
static void headers_alone_cost_nothing(void)
{
    static const uint8_t gif[] = "GIF89a\x30\x75\x30\x75\xf0\x00\x00\x00\x00\x00\xff\xff\xff"
                                 ",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;";
    static const uint8_t jpeg[] = "\xff\xd8\xff\xdb\x00\x43\x00"
                                  "1111111111111111111111111111111111111111111111111111111111111111"
                                  "\xff\xc2\x00\x0b\x08\x75\x30\x75\x30\x01\x01\x22\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9";
    static const uint8_t qoi[] = "qoif\x00\x00\x75\x30\x00\x00\x75\x30\x03\x00\xfd\xfd\x00\x00\x00\x00\x00\x00\x00\x01";
    static const uint8_t pnm[] = "P5 30000 30000 255\nabc";
    static const uint8_t ascii[] = "P2 30000 30000 255\n1 2 3";
    static const uint8_t tga[] = "\x00\x00\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x30\x75\x30\x75\x08\x20\xff\x01";
    static const uint8_t bmp[] = "BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x30\x75\x00\x00\x30\x75\x00\x00"
                                 "\x01\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    /* Gray, PackBits, one strip of 8 bytes. */
    static const uint8_t tiff[] = "II*\x00\x08\x00\x00\x00\x07\x00"
                                  "\x00\x01\x03\x00\x01\x00\x00\x00\x30\x75\x00\x00\x01\x01\x03\x00\x01\x00\x00\x00\x30\x75\x00\x00"
                                  "\x02\x01\x03\x00\x01\x00\x00\x00\x08\x00\x00\x00\x03\x01\x03\x00\x01\x00\x00\x00\x05\x80\x00\x00"
                                  "\x06\x01\x03\x00\x01\x00\x00\x00\x01\x00\x00\x00\x11\x01\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00"
                                  "\x17\x01\x04\x00\x01\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00";
    DIO_ReadOptions strict = DIO_READ_OPTIONS_INIT, bears = DIO_READ_OPTIONS_INIT;
    bears.tolerance = DIO_TOLERANCE_RECOVER;
    refuse("gif", gif, sizeof gif - 1, &strict, 0);
    refuse("jpeg", jpeg, sizeof jpeg - 1, &strict, 0);
    /* All of one colour, which takes no bits: 16384 x 16384. */
    static const uint8_t webp[] = "\x52\x49\x46\x46\x18\x00\x00\x00\x57\x45\x42\x50\x56\x50\x38\x4c"
                                  "\x0c\x00\x00\x00\x2f\xff\xff\xff\x0f\x28\x72\xf1\x8a\xd2\xff\x00";
    refuse("webp", webp, sizeof webp - 1, &strict, 0);
    refuse("qoi", qoi, sizeof qoi - 1, &strict, 0);
    refuse("pnm", pnm, sizeof pnm - 1, &strict, 0);
    refuse("ascii", ascii, sizeof ascii - 1, &strict, 0);
    refuse("tga", tga, sizeof tga - 1, &strict, 0);
    refuse("bmp", bmp, sizeof bmp - 1, &strict, 0);
    refuse("tiff", tiff, sizeof tiff - 1, &strict, 0);
    refuse("gif, borne", gif, sizeof gif - 1, &bears, 0);
    refuse("jpeg, borne", jpeg, sizeof jpeg - 1, &bears, 0);
    refuse("pnm, borne", pnm, sizeof pnm - 1, &bears, 0);
}

/* What compresses a thousandfold, under a limit of memory that it goes beyond. */
static void what_is_compressed_stays_within_the_limit(void)
{
    static const struct {
        const char *name;
        DIO_ImageFileFormat format;
        DIO_Compression compression;
    } all[] = { { "PNG", DIO_IFF_PNG, 0 },
                { "JPEG", DIO_IFF_JPEG, 0 },
                { "GIF", DIO_IFF_GIF, 0 },
                { "QOI", DIO_IFF_QOI, 0 },
                { "PDF", DIO_IFF_PDF, 0 },
                { "TIFF, LZW", DIO_IFF_TIFF, DIO_COMPRESSION_LZW },
                { "TIFF, Deflate", DIO_IFF_TIFF, DIO_COMPRESSION_DEFLATE },
                { "TIFF, Zstandard", DIO_IFF_TIFF, DIO_COMPRESSION_ZSTD },
                { "TIFF, JPEG", DIO_IFF_TIFF, DIO_COMPRESSION_JPEG } };
    enum { SIDE = 6000 };
    uint8_t *white = malloc((size_t)SIDE * SIDE);
    DIO_ImageData *image = NULL;
    DIO_PixelLayout layout = { sizeof layout, SIDE, SIDE, DIO_IPF_GRAYSCALED, 0, 0, SIDE, (size_t)SIDE * SIDE };
    CHECK(white != NULL);
    memset(white, 255, layout.size);
    OK(DIO_ReadFromPixels(white, &layout, &image));
    free(white);
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
        DIO_ReadOptions limited = DIO_READ_OPTIONS_INIT;
        uint8_t *bytes = NULL;
        size_t size = 0;
        options.compression = all[at].compression;
        /* One strip, which is as long as the image. */
        options.rows_per_strip = SIDE;
        OK(DIO_SaveToMemoryWithOptions(image, all[at].format, &options, &bytes, &size));
        /* Less than the pixels take, and little more. */
        for (long mebibytes = 32; mebibytes <= 48; mebibytes += 4) {
            limited.max_memory = (uint64_t)mebibytes << 20;
            refuse(all[at].name, bytes, size, &limited, mebibytes << 10);
        }
        DIO_FreeBytes(bytes);
    }
    DIO_FreeImageData(image);
}

/* A profile of 8 MiB that deflates to little. */
static void metadata_are_not_inflated_beyond_their_limit(void)
{
    size_t size = (size_t)8 << 20, len = 0;
    uint8_t *profile = calloc(1, size), *bytes = NULL;
    DIO_ImageData *image = make_colour(10, 10);
    DIO_ReadOptions limited = DIO_READ_OPTIONS_INIT;
    CHECK(profile != NULL);
    profile[1] = 0x80;
    memcpy(profile + 16, "RGB ", 4);
    memcpy(profile + 36, "acsp", 4);
    OK(DIO_ImageDataSetMetadata(image, DIO_METADATA_ICC, profile, size));
    free(profile);
    OK(DIO_SaveToMemory(image, DIO_IFF_PNG, &bytes, &len));
    CHECK(len < 100000);
    limited.max_metadata = 1 << 20;
    refuse("a profile in PNG", bytes, len, &limited, 1 << 10);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

int main(void)
{
    headers_alone_cost_nothing();
    metadata_are_not_inflated_beyond_their_limit();
    what_is_compressed_stays_within_the_limit();
    return EXIT_SUCCESS;
}
