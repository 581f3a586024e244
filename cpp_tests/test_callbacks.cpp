/* What callbacks throw comes out of the function that was called, and nowhere else. */
#include "support.hpp"

#include <sstream>

/* A stream over bytes whose read, write or seek throws once so many calls were made. */
struct Failing {
    std::stringstream bytes;
    int calls = 0;
    int throw_at = -1;

    void count()
    {
        if (calls++ == throw_at)
            throw Oops{ calls };
        CHECK(throw_at < 0 || calls <= throw_at); /* None is run after one that threw. */
    }
    dio::Stream stream(bool seekable)
    {
        dio::Stream failing;
        failing.read = [this, read = dio::Stream::from(bytes).read](dio::MutableBytes to) { return count(), read(to); };
        failing.write = [this, write = dio::Stream::to(bytes).write](dio::Bytes from) { return count(), write(from); };
        if (seekable)
            failing.seek = [this](std::int64_t offset, std::int32_t whence) -> std::int64_t {
                count();
                const auto from = whence == 0 ? std::ios::beg : whence == 1 ? std::ios::cur : std::ios::end;
                return std::streamoff(bytes.rdbuf()->pubseekoff(offset, from, std::ios::in));
            };
        return failing;
    }
};

static int read_all(int throw_at, bool seekable, const dio::Buffer &file)
{
    Failing source;
    source.bytes.str(std::string(file.begin(), file.end()));
    source.throw_at = throw_at;
    dio::Reader reader = dio::Reader::open_stream(source.stream(seekable));
    for (std::size_t page = 0; page < reader.page_count(); page++)
        CHECK(reader.read_page(page).height() == 10);
    return source.calls;
}

static void reading_streams(bool seekable)
{
    const dio::Buffer file = make_pages(2);
    const int calls = read_all(-1, seekable, file);
    CHECK(calls > 0);
    for (int at = 0; at < calls; at++)
        OOPS(at + 1, read_all(at, seekable, file));
}

static int write_all(int throw_at)
{
    Failing target;
    target.throw_at = throw_at;
    dio::Writer writer = dio::Writer::open_stream(target.stream(false), dio::SaveOptions(DIO_IFF_TIFF));
    writer.add_page(make_colour(20, 10));
    writer.add_page(make_colour(20, 10));
    writer.finish();
    return target.calls;
}

static void writing_streams()
{
    const int calls = write_all(-1);
    CHECK(calls > 1);
    for (int at = 0; at < calls; at++)
        OOPS(at + 1, write_all(at));
    dio::Stream full;
    full.write = [](dio::Bytes) { return std::int64_t{ -7 }; };
    dio::Writer writer = dio::Writer::open_stream(full, dio::SaveOptions(DIO_IFF_PNG));
    THROWS(DIO_EC_FILE_SAVE_FAILED, "(-7)", writer.add_page(make_colour(99, 99)), writer.finish());
}

static void progress()
{
    const dio::Image image = make_colour(300, 200);
    dio::SaveOptions save;
    int told = 0;
    save.on_progress([&](std::uint64_t done, std::uint64_t total) {
        told++;
        CHECK(done <= total);
        return true;
    });
    const dio::Buffer png = image.save_memory(DIO_IFF_PNG, save);
    CHECK(told > 1);
    save.on_progress([](std::uint64_t, std::uint64_t) { return false; });
    THROWS(DIO_EC_CANCELLED, "", image.save_memory(DIO_IFF_PNG, save));
    save.on_progress([](std::uint64_t, std::uint64_t) -> bool { throw Oops{ 77 }; });
    OOPS(77, image.save_memory(DIO_IFF_PNG, save));
    OOPS(77, image.save_file("never.png", true, save));
    THROWS(DIO_EC_FILE_NOT_FOUND, "", dio::Image::read_file("never.png"));
    save.on_progress(nullptr);
    CHECK(image.save_memory(DIO_IFF_PNG, save).size() == png.size());

    /* A reader keeps what its options lead to. */
    told = 0;
    dio::Reader reader;
    {
        dio::ReadOptions read;
        read.on_progress([&told](std::uint64_t, std::uint64_t) { return ++told < 1000; });
        reader = dio::Reader::open_memory(png, read);
    }
    CHECK(reader.read_page(0).width() == 300 && told > 1);
    dio::ReadOptions throwing;
    throwing.on_progress([](std::uint64_t, std::uint64_t) -> bool { throw Oops{ 78 }; });
    OOPS(78, reader.read_page(0, throwing));
    CHECK(reader.read_page(0).width() == 300);
}

/* A callback may itself use the library, and its failures stay its own. */
static void callbacks_that_call()
{
    dio::SaveOptions save;
    save.on_progress([](std::uint64_t, std::uint64_t) {
        THROWS(DIO_EC_FILE_NOT_FOUND, "no-such", dio::Image::read_file("no-such.png"));
        return make_colour(3, 3).width() == 3;
    });
    CHECK(make_colour(30, 20).save_memory(DIO_IFF_BMP, save).size() > 0);
    save.on_progress([](std::uint64_t, std::uint64_t) -> bool { return bool(dio::Image::read_file("no-such.png")); });
    THROWS(DIO_EC_FILE_NOT_FOUND, "no-such.png", make_colour(30, 20).save_memory(DIO_IFF_BMP, save));
}

int main()
{
    reading_streams(true);
    reading_streams(false);
    writing_streams();
    progress();
    callbacks_that_call();
    return EXIT_SUCCESS;
}
