#include "support.hpp"

#include <thread>

static void getters_and_setters()
{
    dio::Image image = make_colour(5, 3);
    CHECK(image && image.width() == 5 && image.height() == 3 && image.stride() == 15);
    CHECK(image.pixel_format() == DIO_IPF_BGR_888 && image.file_format() == -1 && image.file_path().empty());
    CHECK(image.page_number() == 0 && image.total_pages() == 1 && image.warnings().empty());
    CHECK(image.bytes().size() == 45 && image.row(1).data() == image.bytes().data() + 15);
    CHECK(image.row(2).size() == 15 && image.row(3).empty() && image.row(SIZE_MAX).empty());
    image.set_resolution({ 300, 150 });
    image.set_orientation(90);
    CHECK(image.resolution().x == 300 && image.resolution().y == 150 && image.orientation() == 90);
    CHECK(image.metadata(DIO_METADATA_XMP).empty());
    const std::uint8_t xmp[] = { '<', 'x', '/', '>' };
    image.set_metadata(DIO_METADATA_XMP, xmp);
    CHECK(same_bytes(image.metadata(DIO_METADATA_XMP), xmp));
    image.set_metadata(DIO_METADATA_XMP, {});
    CHECK(image.metadata(DIO_METADATA_XMP).empty());
    THROWS(DIO_EC_IMAGE_ORIENTATION_INVALID, "45", image.set_orientation(45));
}

static void conversions()
{
    dio::Image image = make_colour(16, 9);
    image.set_orientation(90);
    CHECK(image.convert(DIO_IPF_GRAY_16).pixel_format() == DIO_IPF_GRAY_16);
    const dio::Image upright = image.orient();
    CHECK(upright.width() == 9 && upright.height() == 16 && upright.orientation() == 0);
    dio::BinarizeOptions how;
    how.method = DIO_BINARIZE_THRESHOLD;
    how.threshold = 0;
    const dio::Image white = image.binarize(how);
    CHECK(white.pixel_format() == DIO_IPF_BINARY && white.bytes()[0] == 0xFF);
    CHECK(image.binarize().pixel_format() == DIO_IPF_BINARY);
    THROWS(DIO_EC_PARAMETER_VALUE_INVALID, "`format` is 99", image.convert(99));
    std::vector<std::uint8_t> gray(16 * 9);
    image.save_pixels(gray, dio::PixelLayout(16, 9, DIO_IPF_GRAYSCALED));
    CHECK(same_bytes(gray, image.convert(DIO_IPF_GRAYSCALED).bytes()));
    THROWS(DIO_EC_BUFFER_TOO_SMALL, "", image.save_pixels(dio::MutableBytes(gray).subspan(1),
                                                          dio::PixelLayout(16, 9, DIO_IPF_GRAYSCALED)));
}

static void files_memory_and_base64()
{
    const dio::Image image = make_colour(7, 5);
    const dio::Buffer png = image.save_memory(DIO_IFF_PNG);
    CHECK(png.size() > 8 && png[1] == 'P' && !png.empty());
    const dio::Image back = dio::Image::read_memory(png);
    CHECK(back.file_format() == DIO_IFF_PNG && same_pixels(back.convert(DIO_IPF_BGR_888), image));
    dio::ReadOptions options;
    options.pixel_format = DIO_IPF_BGR_888;
    CHECK(same_pixels(dio::Image::read_base64("data:image/png;base64," + image.save_base64(DIO_IFF_PNG), options), image));
    image.save_file(std::string("a.png"));
    CHECK(same_pixels(dio::Image::read_file(std::filesystem::path("a.png"), options), image));
    THROWS(DIO_EC_FILE_ALREADY_EXISTS, "a.png", image.save_file("a.png", false));
    dio::SaveOptions g4(DIO_IFF_TIFF);
    g4.compression = DIO_COMPRESSION_G4;
    image.save_file("a.fax", true, g4);
    CHECK(dio::probe_file("a.fax").bits_per_sample == 1 && dio::Image::read_file("a.fax").file_path() == "a.fax");
    CHECK(dio::probe_memory(png).width == 7);
    THROWS(DIO_EC_FILE_NOT_FOUND, "no-such.png", dio::Image::read_file("no-such.png"));
    THROWS(DIO_EC_FILE_TYPE_NOT_SUPPORTED, "", dio::Image::read_memory({}));
    THROWS(DIO_EC_PARAMETER_VALUE_INVALID, "`path`", image.save_file(std::string("b.png\0.txt", 10)));
    THROWS(DIO_EC_PARAMETER_VALUE_INVALID, "`text`", dio::Image::read_base64(std::string("AAAA\0", 5)));
    options.max_width = 3;
    THROWS(DIO_EC_LIMIT_EXCEEDED, "max_width is 3", dio::Image::read_memory(png, options));
    CHECK(std::string(dio::query_format(DIO_IFF_PNG).name) == "PNG");
    CHECK(std::string(dio::error_string(DIO_EC_OK)).size() > 0 && dio::version() == std::string(DIO_GetVersion()));
}

static void handles_move_and_are_shared()
{
    dio::Image image = make_colour(6, 4), moved = std::move(image);
    CHECK(!image && moved && image.width() == 0 && image.bytes().empty() && image.row(0).empty());
    THROWS(DIO_EC_NULL_POINTER, "`image`", image.set_orientation(90));
    THROWS(DIO_EC_NULL_POINTER, "`image`", image.clone());
    CHECK(!image.share());

    dio::Image shared = moved.share(), copy = moved.clone();
    CHECK(shared.get() == moved.get() && copy.get() != moved.get() && same_pixels(copy, moved));
    THROWS(DIO_EC_PARAMETER_VALUE_INVALID, "2 owners", moved.set_orientation(90));
    copy.set_orientation(90);
    std::thread other([mine = std::move(shared)] { CHECK(mine.convert(DIO_IPF_GRAYSCALED).width() == 6); });
    CHECK(moved.save_memory(DIO_IFF_QOI).size() > 0);
    other.join();
    moved.set_orientation(90);

    dio::Image raw(moved.release());
    CHECK(!moved && raw.width() == 6);
    moved = std::move(raw);
    CHECK(moved.width() == 6);

    dio::Buffer a = moved.save_memory(DIO_IFF_BMP), b = std::move(a);
    CHECK(a.empty() && a.data() == nullptr && b.size() > 0);
    a = std::move(b);
    CHECK(b.empty() && a[0] == 'B');
}

static void lent_and_adopted_pixels()
{
    std::vector<std::uint8_t> pixels = { 1, 2, 3, 99, 4, 5, 6 };
    const dio::PixelLayout layout(3, 2, DIO_IPF_GRAYSCALED, 4);
    {
        const dio::Image lent = dio::Image::wrap(pixels, layout);
        CHECK(lent.bytes().data() == pixels.data() && lent.row(1)[2] == 6);
    }
    int released = 0;
    {
        const dio::Image lent = dio::Image::wrap(pixels, layout, [&released] { released++; });
        const dio::Image second = lent.share();
        CHECK(second.bytes().data() == pixels.data() && released == 0);
    }
    CHECK(released == 1);
    THROWS(DIO_EC_IMAGE_DATA_INVALID, "there are 6",
           dio::Image::wrap(dio::Bytes(pixels).subspan(1), layout, [&released] { released++; }));
    CHECK(released == 1);
    const std::uint8_t *place = pixels.data();
    const dio::Image kept = dio::Image::adopt(std::move(pixels), layout);
    CHECK(kept.bytes().data() == place && kept.clone().bytes().size() == 6 && kept.clone().bytes()[5] == 6);
    THROWS(DIO_EC_IMAGE_DATA_INVALID, "there are 2", dio::Image::adopt({ 1, 2 }, layout));
}

int main()
{
    getters_and_setters();
    conversions();
    files_memory_and_base64();
    handles_move_and_are_shared();
    lent_and_adopted_pixels();
    return EXIT_SUCCESS;
}
