#include "support.hpp"

#include <fstream>
#include <sstream>

static void add_pages(dio::Writer &writer)
{
    for (std::uint32_t page = 0; page < 3; page++)
        writer.add_page(make_colour(20 + page, 10));
}

static std::string contents(const char *path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream all;
    all << in.rdbuf();
    return all.str();
}

static void every_target_gets_the_same_bytes()
{
    const dio::Buffer made = make_pages(3);
    const std::string expected(made.begin(), made.end());
    const dio::SaveOptions tiff(DIO_IFF_TIFF);

    dio::Writer writer = dio::Writer::open_file("pages.tif");
    add_pages(writer);
    writer.finish();
    CHECK(contents("pages.tif") == expected);
    THROWS(DIO_EC_FILE_ALREADY_EXISTS, "pages.tif", dio::Writer::open_file("pages.tif", false));

    std::ostringstream memory;
    writer = dio::Writer::open_stream(dio::Stream::to(memory), tiff);
    add_pages(writer);
    writer.finish();
    CHECK(memory.str() == expected);
    {
        std::ofstream out("stream.tif", std::ios::binary);
        writer = dio::Writer::open_stream(dio::Stream::to(out), tiff);
        add_pages(writer);
        writer.finish();
        /* Flushed, though it is still open. */
        CHECK(contents("stream.tif") == expected);
    }
    std::ostringstream forwards;
    writer = dio::Writer::open_stream(dio::Stream::to(forwards, false), tiff);
    add_pages(writer);
    writer.finish();
    const std::string text = forwards.str();
    CHECK(dio::Reader::open_memory(std::vector<std::uint8_t>(text.begin(), text.end())).page_count() == 3);
}

static void pages_are_appended_and_pass_through()
{
    make_colour(9, 9).save_file("append.tif");
    dio::Writer writer = dio::Writer::open_append("append.tif");
    dio::SaveOptions g4;
    g4.compression = DIO_COMPRESSION_G4;
    writer.add_page(make_colour(30, 30), g4);
    writer.add_encoded(make_colour(31, 31).save_memory(DIO_IFF_JPEG));
    writer.add_encoded(make_colour(32, 32).save_memory(DIO_IFF_JPEG), g4);
    writer.finish();
    dio::Reader reader = dio::Reader::open_file("append.tif");
    CHECK(reader.page_count() == 4);
    CHECK(reader.page_info(1).compression == 4 && reader.page_info(2).compression == 7);
    CHECK(reader.page_info(3).compression == 4 && reader.page_info(3).width == 32);
}

static void pdf_pages_have_the_size_that_is_asked_for()
{
    dio::PdfOptions sheet;
    sheet.page_size = DIO_PAGE_LETTER;
    dio::SaveOptions options(DIO_IFF_PDF);
    options.pdf = &sheet;
    dio::Writer writer = dio::Writer::open_memory(options);
    writer.add_page(make_colour(30, 40));
    const std::vector<DIO_TextWord> words{dio::TextWord("word", 3, 4, 20, 12), dio::TextWord("down", 3, 4, 8, 30, 90)};
    sheet.words = words.data();
    sheet.word_count = words.size();
    writer.add_page(make_colour(30, 40), options);
    const dio::Buffer pdf = writer.finish_to_memory();
    CHECK(std::string(pdf.begin(), pdf.end()).find("/ToUnicode") != std::string::npos);
    dio::ReadOptions read;
    read.dpi = 100;
    const dio::ImageInfo info = dio::probe_memory(pdf, read);
    CHECK(info.width == 850 && info.height == 1100);
    sheet.margin = 400;
    THROWS(DIO_EC_PARAMETER_VALUE_INVALID, "pdf->margin", dio::Writer::open_memory(options));
}

static void failures()
{
    {
        dio::Writer unfinished = dio::Writer::open_file("never.tif");
        unfinished.add_page(make_colour(3, 3));
    }
    CHECK(!std::ifstream("never.tif"));
    dio::Writer none;
    CHECK(!none && none.get() == nullptr);
    THROWS(DIO_EC_NULL_POINTER, "`writer`", none.finish());
    THROWS(DIO_EC_PARAMETER_VALUE_INVALID, "", dio::Writer::open_memory(dio::SaveOptions()));
    dio::Writer writer = dio::Writer::open_memory(dio::SaveOptions(DIO_IFF_TIFF));
    THROWS(DIO_EC_NULL_POINTER, "`image`", writer.add_page(dio::Image()));
    THROWS(DIO_EC_PARAMETER_VALUE_INVALID, "", writer.finish());
    writer.add_page(make_colour(3, 3));
    CHECK(writer.finish_to_memory().size() > 0);
}

int main()
{
    every_target_gets_the_same_bytes();
    pages_are_appended_and_pass_through();
    pdf_pages_have_the_size_that_is_asked_for();
    failures();
    return EXIT_SUCCESS;
}
