#include "support.hpp"

#include <fstream>
#include <sstream>

static void pages(dio::Reader reader)
{
    CHECK(reader && reader.get() && reader.page_count() == 3);
    for (std::uint32_t page = 0; page < 3; page++) {
        const dio::ImageInfo info = reader.page_info(page);
        CHECK(info.width == 20 + page && info.page_count == 3 && info.pixel_format == DIO_IPF_RGB_888);
        const dio::Image image = reader.read_page(page);
        CHECK(image.page_number() == page && image.total_pages() == 3);
        dio::ReadOptions options;
        options.pixel_format = DIO_IPF_BGR_888;
        CHECK(same_pixels(reader.read_page(page, options), make_colour(20 + page, 10)));
        const dio::PixelLayout layout(info.width, info.height, DIO_IPF_BGR_888, 100);
        std::vector<std::uint8_t> memory(layout.size);
        reader.read_page_into(page, memory, layout);
        CHECK(same_bytes(dio::Bytes(memory).subspan(100, 3 * info.width), make_colour(20 + page, 10).row(1)));
        THROWS(DIO_EC_BUFFER_TOO_SMALL, "",
               reader.read_page_into(page, dio::MutableBytes(memory).subspan(1), layout));
    }
    THROWS(DIO_EC_PAGE_NUMBER_INVALID, "3", reader.read_page(3));
}

/* The other one may go first, and what both keep stays. */
static void clones(const dio::Buffer &file)
{
    dio::Reader clone;
    THROWS(DIO_EC_NULL_POINTER, "`reader`", clone.clone());
    {
        const dio::Reader reader = dio::Reader::open_memory(std::vector<std::uint8_t>(file.begin(), file.end()));
        clone = reader.clone();
    }
    pages(std::move(clone));
}

/* They are borrowed while the document is opened, and kept as copies. */
static void fonts_are_lent()
{
    const dio::Buffer page = make_colour(20, 10).save_memory(DIO_IFF_PDF);
    dio::ReadOptions options;
    options.pdf_mode = DIO_PDF_RENDER;
    dio::Reader reader;
    {
        const std::vector<std::uint8_t> file(100);
        const std::vector<DIO_Font> fonts{dio::Font(file), dio::Font(dio::Bytes())};
        options.fonts = fonts.data();
        options.font_count = fonts.size();
        reader = dio::Reader::open_memory(page, options);
    }
    const std::vector<std::string> said = reader.read_page(0).warnings();
    CHECK(said.size() == 2 && said[1].find("fonts[1]") != std::string::npos);
}

/* A buffer that cannot be sought, as that of a pipe. */
struct Pipe : std::stringbuf {
    explicit Pipe(const std::string &text) : std::stringbuf(text, std::ios::in) {}
    std::streampos seekoff(off_type, std::ios::seekdir, std::ios::openmode) override { return std::streampos(-1); }
};

int main()
{
    const dio::Buffer file = make_pages(3);
    const std::string text(file.begin(), file.end());
    pages(dio::Reader::open_memory(file));
    pages(dio::Reader::open_memory(std::vector<std::uint8_t>(file.begin(), file.end())));
    pages(dio::Reader::open_memory(make_pages(3)));
    clones(file);
    fonts_are_lent();

    std::ofstream("pages.tif", std::ios::binary) << text;
    pages(dio::Reader::open_file("pages.tif"));
    std::ifstream in("pages.tif", std::ios::binary);
    in.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit);
    pages(dio::Reader::open_stream(dio::Stream::from(in)));
    std::istringstream behind("before" + text);
    behind.ignore(6);
    pages(dio::Reader::open_stream(dio::Stream::from(behind)));
    Pipe pipe(text);
    std::istream unsought(&pipe);
    CHECK(!dio::Stream::from(unsought).seek);
    pages(dio::Reader::open_stream(dio::Stream::from(unsought)));

    THROWS(DIO_EC_FILE_NOT_FOUND, "no-such.tif", dio::Reader::open_file("no-such.tif"));
    THROWS(DIO_EC_NULL_POINTER, "`stream->read`", dio::Reader::open_stream(dio::Stream()));
    dio::Reader none;
    CHECK(!none);
    THROWS(DIO_EC_NULL_POINTER, "`reader`", none.page_count());
    /* Assigned to, it gives up what it had. */
    none = dio::Reader::open_memory(make_pages(2));
    none = dio::Reader::open_memory(make_pages(3));
    pages(std::move(none));
    return EXIT_SUCCESS;
}
