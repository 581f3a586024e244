/* Bombs that are built for one format: tiles, profiles, texts, patterns and scans that ask for much more than is there. Memory stays
   within max_memory and a margin, and time is short. */
#include "measured.h"

/* Bytes that are put together. */
static uint8_t file[4 << 20];
static size_t len;

static void put(const void *bytes, size_t n)
{
    CHECK(len + n <= sizeof file);
    memcpy(file + len, bytes, n);
    len += n;
}

static void put_number(uint64_t value, int bytes, int big_endian)
{
    for (int at = 0; at < bytes; at++) {
        uint8_t byte = (uint8_t)(value >> 8 * (big_endian ? bytes - 1 - at : at));
        put(&byte, 1);
    }
}

static DIO_ReadOptions within(uint64_t mebibytes)
{
    DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
    options.max_memory = mebibytes << 20;
    return options;
}

/* What the file asks for is refused, or, where damage is borne, read within the limit. */
static void refused(const char *name, uint64_t mebibytes)
{
    DIO_ReadOptions strict = within(mebibytes), bears = within(mebibytes);
    char what[100];
    bears.tolerance = DIO_TOLERANCE_RECOVER;
    refuse(name, file, len, &strict, 0);
    snprintf(what, sizeof what, "%s, borne", name);
    refuse(what, file, len, &bears, (long)mebibytes << 10);
}

/* Zlib data of `size` zeros or so: what our own PNG of nothing holds. */
static size_t deflated(size_t side, uint8_t *to, size_t most)
{
    uint8_t *nothing = calloc(side, side), *png = NULL;
    DIO_PixelLayout layout = { sizeof layout, (uint32_t)side, (uint32_t)side, DIO_IPF_GRAYSCALED, 0, 0, side, side * side };
    DIO_ImageData *image = NULL;
    size_t size = 0, got = 0;
    CHECK(nothing != NULL);
    OK(DIO_ReadFromPixels(nothing, &layout, &image));
    free(nothing);
    OK(DIO_SaveToMemory(image, DIO_IFF_PNG, &png, &size));
    for (size_t at = 8; at + 12 <= size;) {
        size_t n = (size_t)png[at] << 24 | (size_t)png[at + 1] << 16 | (size_t)png[at + 2] << 8 | png[at + 3];
        if (memcmp(png + at + 4, "IDAT", 4) == 0) {
            CHECK(got + n <= most);
            memcpy(to + got, png + at + 8, n);
            got += n;
        }
        at += 12 + n;
    }
    DIO_FreeBytes(png);
    DIO_FreeImageData(image);
    return got;
}

/* 64 million zeros. */
static uint8_t zeros[1 << 20];
static size_t zeros_len;

/* A little-endian TIFF of one directory. */
static void begin_tiff(int entries)
{
    len = 0;
    put("II*\0\x08\0\0\0", 8);
    put_number((uint64_t)entries, 2, 0);
}

static void entry(int tag, int type, uint32_t count, uint32_t value)
{
    put_number((uint64_t)tag, 2, 0);
    put_number((uint64_t)type, 2, 0);
    put_number(count, 4, 0);
    put_number(value, 4, 0);
}

static void tiff_of(const char *name, uint32_t side, uint32_t tile, int compression, const uint8_t *data, size_t size)
{
    uint32_t at = 8 + 2 + 9 * 12 + 4;
    begin_tiff(9);
    entry(256, 4, 1, side);
    entry(257, 4, 1, side);
    entry(258, 3, 1, 8);
    entry(259, 3, 1, (uint32_t)compression);
    entry(262, 3, 1, 1);
    entry(322, 4, 1, tile);
    entry(323, 4, 1, tile);
    entry(324, 4, 1, at);
    entry(325, 4, 1, (uint32_t)size);
    put_number(0, 4, 0);
    put(data, size);
    refused(name, 64);
}

static void tiles_and_strips_of_tiff(void)
{
    static const uint8_t some[64] = { 0x80, 0, 0 };
    static const int compressions[] = { 1, 5, 8, 32773, 7, 50000, 34925, 50001, 34712, 4, 32809 };
    char name[60];
    for (size_t at = 0; at < sizeof compressions / sizeof compressions[0]; at++) {
        snprintf(name, sizeof name, "tile of 4 GB, compression %d", compressions[at]);
        tiff_of(name, 100, 65520, compressions[at], some, sizeof some);
        snprintf(name, sizeof name, "30000 x 30000, compression %d", compressions[at]);
        tiff_of(name, 30000, 30000 / 16 * 16, compressions[at], some, sizeof some);
    }
    /* All the zeros are there, in a tile that is larger than the image. */
    tiff_of("tile of zeros", 100, 8000, 8, zeros, zeros_len);
}

static void profiles_of_tiff(void)
{
    static const uint32_t counts[] = { 1u << 30, 0xffffffff, 20u << 20 };
    for (size_t at = 0; at < 3; at++) {
        begin_tiff(8);
        entry(256, 4, 1, 1);
        entry(257, 4, 1, 1);
        entry(258, 3, 1, 8);
        entry(259, 3, 1, 1);
        entry(262, 3, 1, 1);
        entry(273, 4, 1, 8);
        entry(279, 4, 1, 1);
        entry(34675, 7, counts[at], 8);
        put_number(0, 4, 0);
        refuse("profile of 1 GB in TIFF", file, len, NULL, 1);
    }
}

static uint32_t crc_of(const uint8_t *bytes, size_t size)
{
    uint32_t crc = 0xffffffff;
    for (size_t at = 0; at < size; at++) {
        crc ^= bytes[at];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void chunk(const char *kind, const void *head, size_t head_len, const uint8_t *data, size_t size)
{
    size_t begin = len + 4;
    put_number(head_len + size, 4, 1);
    put(kind, 4);
    put(head, head_len);
    put(data, size);
    put_number(crc_of(file + begin, len - begin), 4, 1);
}

static void texts_of_png(void)
{
    static const struct {
        const char *kind, *head;
        size_t len;
    } texts[] = { { "iTXt", "XML:com.adobe.xmp\0\1\0\0\0", 22 },
                  { "zTXt", "Raw profile type exif\0\0", 23 },
                  { "zTXt", "Comment\0\0", 9 },
                  { "iCCP", "ICC\0\0", 5 } };
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++) {
        len = 0;
        put("\x89PNG\r\n\x1a\n", 8);
        chunk("IHDR", "\0\0\0\1\0\0\0\1\x08\0\0\0\0", 13, (const uint8_t *)"", 0);
        chunk(texts[at].kind, texts[at].head, texts[at].len, zeros, zeros_len);
        chunk("IDAT", "\x78\xda\x63\x60\0\0\0\2\0\1", 10, (const uint8_t *)"", 0);
        chunk("IEND", "", 0, (const uint8_t *)"", 0);
        /* Within the 16 MiB of max_metadata, whatever becomes of it. */
        refuse(texts[at].kind, file, len, NULL, 16 << 10);
    }
}

/* A frame of so many pixels in baseline or progressive JPEG, and `scans` scans that say next to nothing. */
static void jpeg_of(const char *name, int marker, int side, int scans)
{
    len = 0;
    put("\xff\xd8\xff\xdb\0\x43\0", 7);
    for (int at = 0; at < 64; at++)
        put("1", 1);
    put("\xff", 1);
    put_number((uint64_t)marker, 1, 1);
    put("\0\x0b\x08", 3);
    put_number((uint64_t)side, 2, 1);
    put_number((uint64_t)side, 2, 1);
    put("\1\1\x11\0", 4);
    /* One code of one bit, for an end of a run of blocks as long as can be, and for DC that is as before. */
    put("\xff\xc4\0\x14\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    put("\xff\xc4\0\x14\x10\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xe0", 22);
    for (int scan = 0; scan < scans; scan++) {
        put("\xff\xda\0\x08\1\1\0", 7);
        put(marker == 0xc0 ? "\0\x3f\0" : scan == 0 ? "\0\0\0" : "\1\x3f\0", 3);
        for (int at = 0; at < 40; at++)
            put("\0", 1);
    }
    put("\xff\xd9", 2);
    DIO_ReadOptions bears = within(256);
    bears.max_pixels = UINT64_MAX;
    bears.tolerance = DIO_TOLERANCE_RECOVER;
    refuse(name, file, len, &bears, 256 << 10);
    bears.tolerance = DIO_TOLERANCE_STRICT;
    refuse(name, file, len, &bears, 256 << 10);
}

static void frames_and_scans_of_jpeg(void)
{
    jpeg_of("JPEG of 65,500 x 65,500", 0xc0, 65500, 1);
    jpeg_of("progressive JPEG of 65,500 x 65,500", 0xc2, 65500, 3);
    jpeg_of("progressive JPEG of 30,000 x 30,000", 0xc2, 30000, 3);
    jpeg_of("progressive JPEG of 20,000 scans", 0xc2, 2000, 20000);
}

static void runs_of_bmp(void)
{
    static const uint8_t skips[] = { 0, 2, 255, 255, 0, 2, 255, 255, 0, 1 };
    len = 0;
    put("BM", 2);
    put_number(54 + 1024 + sizeof skips, 4, 0);
    put_number(0, 4, 0);
    put_number(54 + 1024, 4, 0);
    put_number(40, 4, 0);
    put_number(30000, 4, 0);
    put_number(30000, 4, 0);
    put_number(1, 2, 0);
    put_number(8, 2, 0);
    put_number(1, 4, 0);
    for (int at = 0; at < 20; at++)
        put("", 1);
    for (int at = 0; at < 1024; at++)
        put("", 1);
    put(skips, sizeof skips);
    refused("runs of BMP", 64);
}

static void screens_of_gif(void)
{
    len = 0;
    put("GIF89a\xff\xff\xff\xff\xf0\0\0\0\0\0\xff\xff\xff", 19);
    for (int frame = 0; frame < 9000; frame++)
        put(",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0", 15);
    put(";", 1);
    refused("screens of GIF", 64);
}

/* A codestream of JPEG 2000: headers of so many pixels and tiles, and no data. */
static size_t jpeg2000(uint8_t *to, uint32_t side, uint32_t tile, int components, int layers)
{
    size_t before = len, size;
    put("\xff\x4f\xff\x51", 4);
    put_number((uint64_t)(38 + 3 * components), 2, 1);
    put_number(0, 2, 1);
    put_number(side, 4, 1);
    put_number(side, 4, 1);
    put_number(0, 8, 1);
    put_number(tile, 4, 1);
    put_number(tile, 4, 1);
    put_number(0, 8, 1);
    put_number((uint64_t)components, 2, 1);
    for (int at = 0; at < components; at++)
        put("\7\1\1", 3);
    put("\xff\x52\0\x0c\0\0", 6);
    put_number((uint64_t)layers, 2, 1);
    put("\0\5\0\0\0\1", 6);
    put("\xff\x5c\0\x13\x40\x40\x48\x48\x50\x48\x48\x50\x48\x48\x50\x48\x48\x50\x48\x48\x50", 21);
    put("\xff\x90\0\x0a\0\0\0\0\0\0\0\1\xff\x93\xff\xd9", 16);
    size = len - before;
    memcpy(to, file + before, size);
    len = before;
    return size;
}

/* A PDF of a page that draws `/X` with these entries and this data. */
static void pdf_of(const char *name, const char *entries, const uint8_t *data, size_t size, const char *content, const char *more)
{
    char text[2000];
    int n = snprintf(text, sizeof text,
                     "%%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
                     "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
                     "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>"
                     "/Pattern<</P 5 0 R>>%s>>>>\nendobj\n4 0 obj\n<</Length %zu>>\nstream\n%s\nendstream\nendobj\n"
                     "5 0 obj\n<<%s/Length %zu>>\nstream\n",
                     more, strlen(content), content, entries, size);
    CHECK(n > 0 && (size_t)n < sizeof text);
    len = 0;
    put(text, (size_t)n);
    put(data, size);
    put("\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n", 40);
    DIO_ReadOptions options = within(128);
    options.dpi = 100;
    options.deadline_ms = 1500;
    refuse(name, file, len, &options, 128 << 10);
}

static void images_and_patterns_of_pdf(void)
{
    static const char *const draws = "400 0 0 400 0 0 cm /X Do";
    static uint8_t stream[1 << 16];
    size_t size;
    pdf_of("image of 30000 x 30000 in PDF", "/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode",
           zeros, zeros_len, draws, "");
    pdf_of("image of 8000 x 8000 in PDF", "/Subtype/Image/Width 8000/Height 8000/BitsPerComponent 8/ColorSpace/DeviceGray/Filter/FlateDecode",
           zeros, zeros_len, draws, "");
    pdf_of("operators that inflate in PDF", "/Subtype/Form/BBox[0 0 400 400]/Filter/FlateDecode", zeros, zeros_len, "/X Do", "");
    pdf_of("pattern of tiny steps in PDF",
           "/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001/Resources<<>>", (const uint8_t *)"0 0 1 1 re f", 12,
           "/Pattern cs /P scn 0 0 400 400 re f", "");
    pdf_of("form that draws itself in PDF", "/Subtype/Form/BBox[0 0 400 400]/Resources<</XObject<</X 5 0 R>>>>", (const uint8_t *)"/X Do /X Do", 11,
           "/X Do", "");
    pdf_of("masks within masks in PDF", "/Subtype/Form/BBox[0 0 400 400]/Group<</S/Transparency>>/Resources<</ExtGState<</G<</SMask<</S/Luminosity/G 5 0 R>>>>>>>>",
           (const uint8_t *)"/G gs 0 0 400 400 re f", 22, "/X Do", "");
    size = jpeg2000(stream, 60000, 1, 3, 1);
    pdf_of("tiles of a pixel of JPEG 2000 in PDF", "/Subtype/Image/Width 60000/Height 60000/Filter/JPXDecode", stream, size, draws, "");
    size = jpeg2000(stream, 4000, 1, 3, 65535);
    pdf_of("layers of JPEG 2000 in PDF", "/Subtype/Image/Width 4000/Height 4000/Filter/JPXDecode", stream, size, draws, "");
}

static void tiles_of_jpeg_2000_in_tiff(void)
{
    static uint8_t stream[1 << 16];
    static const struct {
        uint32_t side, tile;
        int components, layers;
    } all[] = { { 60000, 1, 1, 1 }, { 3000, 1, 1, 1 }, { 3000, 3000, 1, 65535 }, { 3000, 0x7fffffff, 1, 1 }, { 64, 64, 16000, 1 } };
    for (size_t at = 0; at < sizeof all / sizeof all[0]; at++) {
        len = 0;
        size_t size = jpeg2000(stream, all[at].side, all[at].tile, all[at].components, all[at].layers);
        tiff_of("JPEG 2000 in TIFF", all[at].side, (all[at].side + 15) / 16 * 16, 34712, stream, size);
    }
}

/* Each kind of metadata is held to the limit in each format that has it. */
static void metadata_are_limited(void)
{
    static const DIO_ImageFileFormat formats[] = { DIO_IFF_JPEG, DIO_IFF_PNG, DIO_IFF_TIFF };
    static uint8_t bytes[50000];
    static const DIO_MetadataKind kinds[] = { DIO_METADATA_ICC, DIO_METADATA_EXIF, DIO_METADATA_XMP };
    for (size_t format = 0; format < 3; format++)
        for (size_t kind = 0; kind < 3; kind++) {
            DIO_ImageData *image = make_colour(10, 10), *back = NULL;
            DIO_ReadOptions options = DIO_READ_OPTIONS_INIT;
            const uint8_t *found = NULL;
            uint8_t *saved = NULL;
            size_t size = 0, found_size = 0;
            memset(bytes, 0, sizeof bytes);
            if (kinds[kind] == DIO_METADATA_ICC) {
                bytes[2] = sizeof bytes >> 8, bytes[3] = sizeof bytes & 255;
                memcpy(bytes + 16, "RGB ", 4);
                memcpy(bytes + 36, "acsp", 4);
            } else if (kinds[kind] == DIO_METADATA_EXIF) {
                /* A description as long as there is room. */
                memcpy(bytes, "II*\0\x08\0\0\0\1\0\x0e\1\2\0\0\xc0\0\0\x1a\0\0\0\0\0\0\0", 26);
                memset(bytes + 26, 'x', sizeof bytes - 27);
            } else {
                memset(bytes, ' ', sizeof bytes);
            }
            OK(DIO_ImageDataSetMetadata(image, kinds[kind], bytes, sizeof bytes));
            OK(DIO_SaveToMemory(image, formats[format], &saved, &size));
            OK(DIO_ReadFromMemory(saved, size, &back));
            OK(DIO_ImageDataGetMetadata(back, kinds[kind], &found, &found_size));
            if (found_size < 40000)
                fprintf(stderr, "format %d, kind %d: %zu bytes\n", (int)formats[format], (int)kinds[kind], found_size);
            CHECK(found_size >= 40000);
            DIO_FreeImageData(back);
            back = NULL;
            options.max_metadata = 40000 - 1;
            FAILS(DIO_EC_LIMIT_EXCEEDED, "max_metadata is 39999", DIO_ReadFromMemoryWithOptions(saved, size, &options, &back));
            CHECK(back == NULL);
            DIO_FreeBytes(saved);
            DIO_FreeImageData(image);
        }
}

int main(void)
{
    zeros_len = deflated(8000, zeros, sizeof zeros);
    CHECK(zeros_len < 200000);
    tiles_and_strips_of_tiff();
    profiles_of_tiff();
    texts_of_png();
    frames_and_scans_of_jpeg();
    runs_of_bmp();
    screens_of_gif();
    tiles_of_jpeg_2000_in_tiff();
    metadata_are_limited();
    images_and_patterns_of_pdf();
    return EXIT_SUCCESS;
}
