/* DIO_PdfOptions: PDF pages and documents. */
#include "support.h"

static DIO_SaveOptions with(const DIO_PdfOptions *pdf)
{
    DIO_SaveOptions options = DIO_SAVE_OPTIONS_INIT;
    options.format = DIO_IFF_PDF;
    options.pdf = pdf;
    return options;
}

/* The size at 100 dpi of the page that an image of 20 x 30 pixels becomes. */
static void page_is(const DIO_PdfOptions *pdf, uint32_t width, uint32_t height)
{
    DIO_SaveOptions options = with(pdf);
    DIO_ReadOptions read = DIO_READ_OPTIONS_INIT;
    DIO_ImageInfo info;
    DIO_ImageData *image = make_colour(20, 30);
    uint8_t *bytes = NULL;
    size_t size = 0;
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    OK(DIO_ImageDataSetResolution(image, 100, 100));
    OK(DIO_SaveToMemoryWithOptions(image, DIO_IFF_PDF, &options, &bytes, &size));
    read.dpi = 100;
    OK(DIO_ProbeMemory(bytes, size, &read, &info));
    CHECK(info.width == width && info.height == height);
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

static void pages_have_the_size_that_is_asked_for(void)
{
    DIO_PdfOptions pdf = DIO_PDF_OPTIONS_INIT;
    page_is(NULL, 20, 30);
    page_is(&pdf, 20, 30);
    pdf.margin = 72;
    page_is(&pdf, 220, 230);
    pdf.page_size = DIO_PAGE_LETTER;
    page_is(&pdf, 850, 1100);
    pdf.page_size = DIO_PAGE_A4;
    page_is(&pdf, 827, 1169);
    pdf.page_size = DIO_PAGE_CUSTOM, pdf.page_width = 216, pdf.page_height = 144.72;
    pdf.page_fit = DIO_FIT_COVER, pdf.margin = 9;
    page_is(&pdf, 300, 201);
}

static void fields_are_checked(void)
{
    DIO_PdfOptions fresh, good = DIO_PDF_OPTIONS_INIT, bad;
    memset(&fresh, 0x55, sizeof fresh);
    OK(DIO_PdfOptions_Init(&fresh, sizeof fresh));
    CHECK(memcmp(&fresh, &good, sizeof good) == 0);
    FAILS(DIO_EC_NULL_POINTER, "`options`", DIO_PdfOptions_Init(NULL, sizeof fresh));
    FAILS(DIO_EC_PARAMETER_VALUE_INVALID, "`size`", DIO_PdfOptions_Init(&fresh, 3));
    DIO_SaveOptions options = with(&bad);
    DIO_Writer *writer = NULL;
#define REFUSED(words, change)                                                                   \
    do {                                                                                         \
        bad = good;                                                                              \
        change;                                                                                  \
        FAILS(DIO_EC_PARAMETER_VALUE_INVALID, words, DIO_WriterOpenMemory(&options, &writer));   \
    } while (0)
    REFUSED("struct_size", bad.struct_size = 3);
    REFUSED("pdf->page_size", bad.page_size = 99);
    REFUSED("pdf->page_fit", bad.page_fit = -1);
    REFUSED("pdf->page_fit", bad.page_fit = DIO_FIT_COVER);
    REFUSED("pdf->standard", bad.standard = 7);
    REFUSED("DIO_PAGE_CUSTOM", bad.page_width = 5);
    REFUSED("pdf->page_width is 0", bad.page_size = DIO_PAGE_CUSTOM);
    REFUSED("pdf->margin", bad.margin = -1);
    REFUSED("pdf->margin", bad.page_size = DIO_PAGE_A4; bad.margin = 300);
    REFUSED("pdf->title contains the control character U+0007", bad.title = "bell \a");
    REFUSED("pdf->author` is not UTF-8", bad.author = "\xff");
    CHECK(writer == NULL);
}

static int contains(const uint8_t *bytes, size_t size, const char *words)
{
    for (size_t at = 0; at + strlen(words) <= size; at++)
        if (memcmp(bytes + at, words, strlen(words)) == 0)
            return 1;
    return 0;
}

static void documents_say_what_they_are(void)
{
    DIO_PdfOptions pdf = DIO_PDF_OPTIONS_INIT;
    DIO_SaveOptions options = with(&pdf);
    DIO_ImageData *image = make_colour(9, 9);
    DIO_Writer *writer = NULL;
    uint8_t *bytes = NULL;
    size_t size = 0;
    char title[] = "A title";
    pdf.title = title;
    OK(DIO_WriterOpenMemory(&options, &writer));
    /* Texts are copied. */
    memset(title, 'x', 7);
    OK(DIO_WriterAddPage(writer, image, NULL));
    OK(DIO_WriterFinishToMemory(writer, &bytes, &size));
    CHECK(contains(bytes, size, "/Title (A title)") && contains(bytes, size, ">A title</rdf:li>"));
    CHECK(!contains(bytes, size, "/Author") && !contains(bytes, size, "/CreationDate"));
    DIO_FreeBytes(bytes);
    DIO_FreeWriter(writer);
    DIO_FreeImageData(image);
}

static void archives_refuse_inks_without_profile(void)
{
    DIO_PdfOptions pdf = DIO_PDF_OPTIONS_INIT;
    DIO_SaveOptions options = with(&pdf);
    DIO_ImageData *image = make_colour(9, 9), *inks = make_image(9, 9, DIO_IPF_CMYK_8888);
    uint8_t *bytes = NULL;
    size_t size = 0;
    pdf.standard = DIO_STANDARD_PDFA_2B;
    OK(DIO_SaveToMemoryWithOptions(image, DIO_IFF_PDF, &options, &bytes, &size));
    CHECK(contains(bytes, size, "<pdfaid:part>2<") && contains(bytes, size, "/GTS_PDFA1"));
    DIO_FreeBytes(bytes);
    FAILS(DIO_EC_FEATURE_NOT_SUPPORTED, "inks without an ICC profile",
          DIO_SaveToMemoryWithOptions(inks, DIO_IFF_PDF, &options, &bytes, &size));
    DIO_FreeImageData(inks);
    DIO_FreeImageData(image);
}

static void words_are_checked_and_written(void)
{
    DIO_TextWord words[2] = { { sizeof words[0], 0, "one", 1, 1, 9, 5 }, { sizeof words[0], 90, "two", 1, 6, 4, 12 } };
    DIO_TextWord bad[2];
    DIO_PdfOptions pdf = DIO_PDF_OPTIONS_INIT;
    DIO_SaveOptions options = with(&pdf);
    DIO_ImageData *image = make_colour(20, 20);
    uint8_t *bytes = NULL;
    size_t size = 0;
    pdf.words = words, pdf.word_count = 2;
    OK(DIO_SaveToMemoryWithOptions(image, DIO_IFF_PDF, &options, &bytes, &size));
    CHECK(contains(bytes, size, "/ToUnicode") && contains(bytes, size, "/CIDFontType2"));
    DIO_FreeBytes(bytes);
    pdf.words = bad;
#define WORD_REFUSED(code, message, change)                                                             \
    do {                                                                                                \
        memcpy(bad, words, sizeof bad);                                                                 \
        change;                                                                                         \
        FAILS(code, message, DIO_SaveToMemoryWithOptions(image, DIO_IFF_PDF, &options, &bytes, &size)); \
    } while (0)
    WORD_REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "words[0]", bad[0].struct_size = 4);
    WORD_REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "words[1]->struct_size", bad[1].struct_size += 8);
    WORD_REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "words[0]->struct_size", bad[0].struct_size += 3);
    WORD_REFUSED(DIO_EC_NULL_POINTER, "words[1]->text", bad[1].text = NULL);
    WORD_REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "words[1]->text` is not UTF-8", bad[1].text = "\xff");
    WORD_REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "words[0] has the control character", bad[0].text = "\x01");
    WORD_REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "words[1] lies", bad[1].right = 0);
    WORD_REFUSED(DIO_EC_PARAMETER_VALUE_INVALID, "words[0] is turned", bad[0].angle = 45);
    pdf.words = NULL;
    FAILS(DIO_EC_NULL_POINTER, "pdf->words", DIO_SaveToMemoryWithOptions(image, DIO_IFF_PDF, &options, &bytes, &size));
    pdf.word_count = 0;
    OK(DIO_SaveToMemoryWithOptions(image, DIO_IFF_PDF, &options, &bytes, &size));
    CHECK(!contains(bytes, size, "/ToUnicode"));
    DIO_FreeBytes(bytes);
    DIO_FreeImageData(image);
}

int main(void)
{
    pages_have_the_size_that_is_asked_for();
    fields_are_checked();
    documents_say_what_they_are();
    archives_refuse_inks_without_profile();
    words_are_checked_and_written();
    return EXIT_SUCCESS;
}
