/*
 * libdio for C++17 and later: a thin layer over dio.h, in this header alone.
 *
 * dio.h is the reference manual: what a function does, its limits and its options are described there. Here is what C++ adds.
 *
 * Errors      Whatever fails throws dio::Error, which has the code and the message of dio.h. Running out of memory
 *             within the library is an Error too (DIO_EC_NO_MEMORY).
 * Ownership   Image, Reader, Writer and Buffer own what they hold, free it when they go, and can be moved, not copied.
 *             Image::share makes one more owner of the same image, Image::clone a copy. One that was moved from holds
 *             nothing: its getters answer 0, and what needs a handle throws (DIO_EC_NULL_POINTER).
 * Views       A Span is borrowed. What a getter of an image returns lives until the image is freed by its last owner or
 *             the same thing is set.
 * Threads     As in dio.h: const functions of an Image may run in any number of threads, a Reader or Writer is used by
 *             one thread at a time, and owners of one image may be in different threads.
 * Callbacks   May throw. The exception does not cross the C code: the call is stopped as if the callback had failed, and
 *             the exception goes on from the function that was called. Callbacks run on the calling thread; but what
 *             Image::wrap is given to release pixels runs on that of the last owner, and must not throw.
 * Options     ReadOptions, SaveOptions, PdfOptions and BinarizeOptions are the structs of dio.h with their defaults.
 */

#ifndef DIO_HPP
#define DIO_HPP

#include "dio.h"

#include <cstddef>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <functional>
#include <istream>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#if __has_include(<version>)
#    include <version>
#endif
#ifdef __cpp_lib_span
#    include <span>
#endif

namespace dio {

/* What failed: the code for programs, what() for people. */
class Error : public std::runtime_error {
public:
    Error(DIO_ErrorCode code, const std::string &message) : std::runtime_error(message), code_(code) {}

    DIO_ErrorCode code() const noexcept { return code_; }

private:
    DIO_ErrorCode code_;
};

/* Elements that somebody else owns. Made from arrays, vectors and whatever has data() and size(), and in C++20 convertible
   to std::span. */
template <typename T>
class Span {
public:
    using element_type = T;
    using value_type = std::remove_cv_t<T>;
    using iterator = T *;

    constexpr Span() noexcept = default;
    constexpr Span(T *data, std::size_t size) noexcept : data_(data), size_(size) {}

    template <std::size_t N>
    constexpr Span(T (&array)[N]) noexcept : data_(array), size_(N)
    {
    }

    /* A container that goes away is taken as const only. */
    template <typename C, typename P = decltype(std::declval<C &>().data()),
              typename = std::enable_if_t<std::is_convertible<std::remove_pointer_t<P> (*)[], T (*)[]>::value>,
              typename = decltype(std::declval<C &>().size()),
              typename = std::enable_if_t<std::is_lvalue_reference<C>::value || std::is_const<T>::value>>
    constexpr Span(C &&container) noexcept : data_(container.data()), size_(container.size())
    {
    }

    constexpr T *data() const noexcept { return data_; }
    constexpr std::size_t size() const noexcept { return size_; }
    constexpr bool empty() const noexcept { return size_ == 0; }
    constexpr T *begin() const noexcept { return data_; }
    constexpr T *end() const noexcept { return data_ + size_; }
    constexpr T &operator[](std::size_t at) const noexcept { return data_[at]; }

    /* What lies outside is cut off. */
    constexpr Span subspan(std::size_t from, std::size_t count = SIZE_MAX) const noexcept
    {
        from = from < size_ ? from : size_;
        return Span(data_ + from, count < size_ - from ? count : size_ - from);
    }

private:
    T *data_ = nullptr;
    std::size_t size_ = 0;
};

using Bytes = Span<const std::uint8_t>;
using MutableBytes = Span<std::uint8_t>;

namespace detail {

/* What a callback threw, until the call that it was thrown in returns: callbacks run on the calling thread. */
inline std::exception_ptr &pending() noexcept
{
    thread_local std::exception_ptr thrown;
    return thrown;
}

inline void check(DIO_ErrorCode code)
{
    if (std::exception_ptr thrown = std::exchange(pending(), nullptr))
        std::rethrow_exception(thrown);
    if (code != DIO_EC_OK)
        throw Error(code, DIO_GetLastErrorMessage());
}

/* Runs a callback. Once one has thrown no other is run, until the call returns. */
template <typename Result, typename Body>
Result guarded(Result failed, Body body) noexcept
{
    if (pending())
        return failed;
    try {
        return body();
    } catch (...) {
        pending() = std::current_exception();
        return failed;
    }
}

/* Frees handles. Nobody is left to be told what a callback threw meanwhile. */
struct Free {
    void operator()(DIO_ImageData *image) const noexcept { DIO_FreeImageData(image); }
    void operator()(DIO_Reader *reader) const noexcept
    {
        DIO_FreeReader(reader);
        pending() = nullptr;
    }
    void operator()(DIO_Writer *writer) const noexcept
    {
        DIO_FreeWriter(writer);
        pending() = nullptr;
    }
    void operator()(void *bytes) const noexcept { DIO_FreeBytes(bytes); }
};

template <typename T>
using Handle = std::unique_ptr<T, Free>;

/* Text that C sees the whole of: what lies behind a zero byte would be passed over in silence. */
inline const char *c_text(const std::string &text, const char *name)
{
    if (text.find('\0') != std::string::npos)
        throw Error(DIO_EC_PARAMETER_VALUE_INVALID, std::string("`") + name + "` has a zero byte in it");
    return text.c_str();
}

/* A path as dio.h wants it. */
inline std::string bytes_of(const std::filesystem::path &path)
{
#ifdef _WIN32
    const auto text = path.u8string();
    return std::string(text.begin(), text.end());
#else
    return path.native();
#endif
}

}  // namespace detail

/* A path: text is UTF-8 on Windows, the file system's own bytes elsewhere. */
class Path {
public:
    Path(const char *text) : text_(text) {}
    Path(const std::string &text) : text_(text) {}
    Path(const std::filesystem::path &path) : text_(detail::bytes_of(path)) {}

    const char *c_str() const { return detail::c_text(text_, "path"); }

private:
    std::string text_;
};

/* Told that `done` of `total` units are behind the call (0: not known); answers whether to go on. */
using Progress = std::function<bool(std::uint64_t done, std::uint64_t total)>;

namespace detail {

inline std::int32_t tell(void *user, std::uint64_t done, std::uint64_t total) noexcept
{
    return guarded(1, [&] { return (*static_cast<Progress *>(user))(done, total) ? 0 : 1; });
}

/* The options struct C of dio.h, and the callable that its progress fields lead to. */
template <typename C>
struct WithProgress : C {
    WithProgress(const C &options) : C(options) {}

    /* Sets the progress callback. Copies share it; readers and writers that are opened with the options keep it. */
    void on_progress(Progress told)
    {
        kept = std::make_shared<Progress>(std::move(told));
        this->progress = *kept ? tell : nullptr;
        this->progress_user = kept.get();
    }

    std::shared_ptr<Progress> kept;
};

}  // namespace detail

struct ReadOptions : detail::WithProgress<DIO_ReadOptions> {
    ReadOptions() : WithProgress(DIO_ReadOptions DIO_READ_OPTIONS_INIT) {}
    ReadOptions(const DIO_ReadOptions &options) : WithProgress(options) {}
};

/* A font of ReadOptions::fonts, which are one array with font_count. The bytes of its file are borrowed until the call is over. */
struct Font : DIO_Font {
    explicit Font(Bytes file) : DIO_Font{sizeof(DIO_Font), 0, file.data(), file.size()} {}
};

struct SaveOptions : detail::WithProgress<DIO_SaveOptions> {
    SaveOptions() : WithProgress(DIO_SaveOptions DIO_SAVE_OPTIONS_INIT) {}
    SaveOptions(const DIO_SaveOptions &options) : WithProgress(options) {}
    /* Of a file in this format. */
    explicit SaveOptions(DIO_ImageFileFormat file_format) : SaveOptions() { format = file_format; }
};

struct BinarizeOptions : DIO_BinarizeOptions {
    BinarizeOptions() : DIO_BinarizeOptions DIO_BINARIZE_OPTIONS_INIT {}
    BinarizeOptions(const DIO_BinarizeOptions &options) : DIO_BinarizeOptions(options) {}
};

struct PdfOptions : DIO_PdfOptions {
    PdfOptions() : DIO_PdfOptions DIO_PDF_OPTIONS_INIT {}
    PdfOptions(const DIO_PdfOptions &options) : DIO_PdfOptions(options) {}
};

/* A word of PdfOptions::words. The text is borrowed. */
struct TextWord : DIO_TextWord {
    TextWord(const char *word, double from_left, double from_top, double to_right, double to_bottom,
             std::int32_t degrees = 0)
        : DIO_TextWord{sizeof(DIO_TextWord), degrees, word, from_left, from_top, to_right, to_bottom}
    {
    }
};

struct ImageInfo : DIO_ImageInfo {
    ImageInfo() : DIO_ImageInfo() { struct_size = sizeof(DIO_ImageInfo); }
};

struct FormatInfo : DIO_FormatInfo {
    FormatInfo() : DIO_FormatInfo() { struct_size = sizeof(DIO_FormatInfo); }
};

/* Dots per inch; 0 = not stated. */
struct Resolution {
    double x = 0;
    double y = 0;
};

/* The least bytes of a row, as the comments of DIO_IPF_... say; 0 for a number that is no pixel format. */
constexpr std::size_t least_stride(std::uint32_t width, DIO_ImagePixelFormat format) noexcept
{
    const std::size_t w = width;
    switch (format) {
    case DIO_IPF_BINARY:
    case DIO_IPF_BINARYINVERTED: return w / 8 + (w % 8 != 0);
    case DIO_IPF_GRAYSCALED:
    case DIO_IPF_BINARY_8:
    case DIO_IPF_BINARY_8_INVERTED: return w;
    case DIO_IPF_NV12:
    case DIO_IPF_NV21: return w + w % 2;
    case DIO_IPF_RGB_565:
    case DIO_IPF_RGB_555:
    case DIO_IPF_GRAY_16: return 2 * w;
    case DIO_IPF_RGB_888:
    case DIO_IPF_BGR_888: return 3 * w;
    case DIO_IPF_ARGB_8888:
    case DIO_IPF_ABGR_8888:
    case DIO_IPF_CMYK_8888: return 4 * w;
    case DIO_IPF_RGB_161616: return 6 * w;
    case DIO_IPF_ARGB_16161616:
    case DIO_IPF_ABGR_16161616: return 8 * w;
    default: return 0;
    }
}

/* How pixels lie in memory. Functions that take one take the pixels as a Span, whose size goes before that of the struct. */
struct PixelLayout : DIO_PixelLayout {
    PixelLayout(const DIO_PixelLayout &layout) : DIO_PixelLayout(layout) {}

    /* A stride of 0 is the least one. */
    PixelLayout(std::uint32_t columns, std::uint32_t rows, DIO_ImagePixelFormat pixel_format, std::size_t row_stride = 0)
        : DIO_PixelLayout()
    {
        struct_size = sizeof(DIO_PixelLayout);
        width = columns;
        height = rows;
        format = pixel_format;
        stride = row_stride != 0 ? row_stride : least_stride(columns, pixel_format);
        const bool planar = pixel_format == DIO_IPF_NV12 || pixel_format == DIO_IPF_NV21;
        const std::size_t all = std::size_t{rows} + (planar ? rows / 2 + rows % 2 : 0);
        size = all == 0 ? 0 : stride * (all - 1) + least_stride(columns, pixel_format);
    }

    /* Where `bytes` is the memory behind it. */
    DIO_PixelLayout in(std::size_t bytes) const noexcept
    {
        DIO_PixelLayout layout = *this;
        layout.size = bytes;
        return layout;
    }
};

/* Bytes that the library made. */
class Buffer {
public:
    Buffer() noexcept = default;
    /* Takes over what a function of dio.h returned. */
    Buffer(std::uint8_t *bytes, std::size_t size) noexcept : bytes_(bytes), size_(size) {}
    Buffer(Buffer &&other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}
    Buffer &operator=(Buffer &&other) noexcept
    {
        bytes_ = std::move(other.bytes_);
        size_ = std::exchange(other.size_, 0);
        return *this;
    }

    const std::uint8_t *data() const noexcept { return bytes_.get(); }
    std::uint8_t *data() noexcept { return bytes_.get(); }
    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    const std::uint8_t *begin() const noexcept { return data(); }
    const std::uint8_t *end() const noexcept { return data() + size_; }
    std::uint8_t operator[](std::size_t at) const noexcept { return bytes_.get()[at]; }

private:
    detail::Handle<std::uint8_t> bytes_;
    std::size_t size_ = 0;
};

/* Pixels and what is known about them. */
class Image {
public:
    /* No image. */
    Image() noexcept = default;
    /* Takes over a handle of dio.h. */
    explicit Image(DIO_ImageData *image) noexcept : handle_(image) {}

    /* Reads the page options.page. */
    static Image read_file(const Path &path, const ReadOptions &options = ReadOptions())
    {
        return make([&](DIO_ImageData **to) { return DIO_ReadFromFileWithOptions(path.c_str(), &options, to); });
    }
    static Image read_memory(Bytes file, const ReadOptions &options = ReadOptions())
    {
        return make([&](DIO_ImageData **to) {
            return DIO_ReadFromMemoryWithOptions(file.data(), file.size(), &options, to);
        });
    }
    /* Of base64 or a data: URL. */
    static Image read_base64(const std::string &text, const ReadOptions &options = ReadOptions())
    {
        const char *c = detail::c_text(text, "text");
        return make([&](DIO_ImageData **to) { return DIO_ReadFromBase64WithOptions(c, &options, to); });
    }

    /* An image of a copy of these pixels. */
    static Image copy(Bytes pixels, const PixelLayout &layout)
    {
        const DIO_PixelLayout it = layout.in(pixels.size());
        return make([&](DIO_ImageData **to) { return DIO_ReadFromPixels(pixels.data(), &it, to); });
    }

    /* An image of these very pixels, which stay readable until its last owner frees it. They are never written. */
    static Image wrap(Bytes pixels, const PixelLayout &layout) { return wrap(pixels, layout, nullptr, nullptr); }

    /* The same; then release() is called, once. Where this throws it is not. */
    template <typename Release>
    static Image wrap(Bytes pixels, const PixelLayout &layout, Release release)
    {
        auto kept = std::make_unique<Release>(std::move(release));
        Image image = wrap(pixels, layout, release_with<Release>, kept.get());
        static_cast<void>(kept.release());
        return image;
    }

    /* Pixels that go away are none to wrap: see adopt. */
    template <typename... Release>
    static Image wrap(std::vector<std::uint8_t> &&, const PixelLayout &, Release...) = delete;

    /* An image of the pixels in a vector, which it keeps. */
    static Image adopt(std::vector<std::uint8_t> pixels, const PixelLayout &layout)
    {
        const Bytes bytes(pixels);
        /* Where a vector is moved to, its elements stay where they are. */
        return wrap(bytes, layout, [kept = std::move(pixels)] { static_cast<void>(kept); });
    }

    explicit operator bool() const noexcept { return handle_ != nullptr; }
    /* The handle, for functions of dio.h; it stays owned. */
    DIO_ImageData *get() const noexcept { return handle_.get(); }
    /* Gives the handle up. */
    DIO_ImageData *release() noexcept { return handle_.release(); }

    /* One more owner of this image, in this thread or another. While there are several, setters throw. */
    Image share() const { return Image(DIO_ImageDataRetain(get())); }
    /* A copy with pixels of its own, in tight rows. */
    Image clone() const { return convert(pixel_format()); }

    Bytes bytes() const noexcept { return Bytes(DIO_ImageDataGetBytes(get()), DIO_ImageDataGetBytesLength(get())); }
    /* A row of memory without padding: those of NV12 and NV21 with the rows of chroma. Empty past the last one. */
    Bytes row(std::size_t y) const noexcept
    {
        const std::size_t from = stride(), all = bytes().size();
        return from == 0 || y > all / from ? Bytes()
                                           : bytes().subspan(y * from, least_stride(width(), pixel_format()));
    }
    std::uint32_t width() const noexcept { return DIO_ImageDataGetWidth(get()); }
    std::uint32_t height() const noexcept { return DIO_ImageDataGetHeight(get()); }
    std::size_t stride() const noexcept { return DIO_ImageDataGetStride(get()); }
    DIO_ImagePixelFormat pixel_format() const noexcept { return DIO_ImageDataGetPixelFormat(get()); }
    std::int32_t orientation() const noexcept { return DIO_ImageDataGetOrientation(get()); }
    Resolution resolution() const
    {
        Resolution dpi;
        detail::check(DIO_ImageDataGetResolution(get(), &dpi.x, &dpi.y));
        return dpi;
    }
    DIO_ImageFileFormat file_format() const noexcept { return DIO_ImageDataGetFileFormat(get()); }
    /* Empty where it was no file. */
    std::string file_path() const
    {
        const char *path = DIO_ImageDataGetFilePath(get());
        return path != nullptr ? path : "";
    }
    std::uint32_t page_number() const noexcept { return DIO_ImageDataGetPageNumber(get()); }
    std::uint32_t total_pages() const noexcept { return DIO_ImageDataGetTotalPages(get()); }
    /* Empty where there is none. */
    Bytes metadata(DIO_MetadataKind kind) const
    {
        const std::uint8_t *bytes = nullptr;
        std::size_t size = 0;
        detail::check(DIO_ImageDataGetMetadata(get(), kind, &bytes, &size));
        return Bytes(bytes, size);
    }
    std::vector<std::string> warnings() const
    {
        std::vector<std::string> all;
        for (std::size_t at = 0; at < DIO_ImageDataGetWarningCount(get()); at++) {
            const char *text = nullptr;
            detail::check(DIO_ImageDataGetWarning(get(), at, &text));
            all.emplace_back(text);
        }
        return all;
    }

    void set_orientation(std::int32_t degrees) { detail::check(DIO_ImageDataSetOrientation(get(), degrees)); }
    void set_resolution(Resolution dpi) { detail::check(DIO_ImageDataSetResolution(get(), dpi.x, dpi.y)); }
    /* Empty bytes remove it. */
    void set_metadata(DIO_MetadataKind kind, Bytes bytes)
    {
        detail::check(DIO_ImageDataSetMetadata(get(), kind, bytes.data(), bytes.size()));
    }

    Image convert(DIO_ImagePixelFormat format) const
    {
        return make([&](DIO_ImageData **to) { return DIO_ImageDataConvert(get(), format, to); });
    }
    Image binarize(const BinarizeOptions &options = BinarizeOptions()) const
    {
        return make([&](DIO_ImageData **to) { return DIO_ImageDataBinarize(get(), &options, to); });
    }
    /* Upright, with orientation 0. */
    Image orient() const
    {
        return make([&](DIO_ImageData **to) { return DIO_ImageDataOrient(get(), to); });
    }

    /* options.format decides the format, or with DIO_IFF_AUTO the extension. */
    void save_file(const Path &path, bool overwrite = true, const SaveOptions &options = SaveOptions()) const
    {
        detail::check(DIO_SaveToFileWithOptions(get(), path.c_str(), overwrite ? 1 : 0, &options));
    }
    Buffer save_memory(DIO_ImageFileFormat format, const SaveOptions &options = SaveOptions()) const
    {
        std::uint8_t *bytes = nullptr;
        std::size_t size = 0;
        const DIO_ErrorCode code = DIO_SaveToMemoryWithOptions(get(), format, &options, &bytes, &size);
        Buffer buffer(bytes, size);
        detail::check(code);
        return buffer;
    }
    std::string save_base64(DIO_ImageFileFormat format) const
    {
        char *text = nullptr;
        const DIO_ErrorCode code = DIO_SaveToBase64(get(), format, &text);
        const detail::Handle<char> kept(text);
        detail::check(code);
        return std::string(text);
    }
    /* Converts into memory of any format and stride. */
    void save_pixels(MutableBytes to, const PixelLayout &layout) const
    {
        const DIO_PixelLayout it = layout.in(to.size());
        detail::check(DIO_SaveToPixels(get(), to.data(), &it));
    }

private:
    friend class Reader;

    template <typename Call>
    static Image make(Call call)
    {
        DIO_ImageData *made = nullptr;
        const DIO_ErrorCode code = call(&made);
        Image image(made);
        detail::check(code);
        return image;
    }

    static Image wrap(Bytes pixels, const PixelLayout &layout, DIO_ReleaseFn release, void *user)
    {
        const DIO_PixelLayout it = layout.in(pixels.size());
        /* The library only reads them. */
        void *data = const_cast<std::uint8_t *>(pixels.data());
        return make([&](DIO_ImageData **to) { return DIO_WrapPixels(data, &it, release, user, to); });
    }

    template <typename Release>
    static void release_with(void *user, void *) noexcept
    {
        const std::unique_ptr<Release> release(static_cast<Release *>(user));
        (*release)();
    }

    detail::Handle<DIO_ImageData> handle_;
};

/* A stream of the caller's, as callables; those that are not needed stay empty (see DIO_Stream). A callable that fails throws
   or returns a negative number. */
struct Stream {
    /* Fills the bytes with as many as there are: how many; 0 at the end. */
    std::function<std::int64_t(MutableBytes)> read;
    /* Writes bytes: how many. */
    std::function<std::int64_t(Bytes)> write;
    /* Moves from the start (0), the position (1) or the end (2): the new position. */
    std::function<std::int64_t(std::int64_t offset, std::int32_t whence)> seek;
    /* Called when a document is finished. */
    std::function<void()> flush;

    /* Reads from where it stands; sought where it can be. It outlives what is opened with it. The bytes are taken from its
       buffer: flags such as eofbit stay as they are. */
    static Stream from(std::istream &in)
    {
        Stream stream;
        std::streambuf *buffer = in.rdbuf();
        stream.read = [buffer](MutableBytes to) -> std::int64_t {
            return buffer->sgetn(reinterpret_cast<char *>(to.data()), static_cast<std::streamsize>(to.size()));
        };
        stream.seek = seek_in(buffer, std::ios::in);
        return stream;
    }

    /* Writes where it stands; sought where it can be. It outlives what is opened with it. Where `seekable` is false it is
       never sought: for a file that is open for appending. */
    static Stream to(std::ostream &out, bool seekable = true)
    {
        Stream stream;
        std::streambuf *buffer = out.rdbuf();
        stream.write = [buffer](Bytes bytes) -> std::int64_t {
            const std::streamsize put = buffer->sputn(reinterpret_cast<const char *>(bytes.data()),
                                                      static_cast<std::streamsize>(bytes.size()));
            return put > 0 ? put : -1;
        };
        if (seekable)
            stream.seek = seek_in(buffer, std::ios::out);
        stream.flush = [buffer] {
            if (buffer->pubsync() != 0)
                throw Error(DIO_EC_FILE_SAVE_FAILED, "the stream could not be flushed");
        };
        return stream;
    }

private:
    /* None for what cannot even tell where it stands. */
    static std::function<std::int64_t(std::int64_t, std::int32_t)> seek_in(std::streambuf *buffer,
                                                                           std::ios::openmode which)
    {
        if (buffer->pubseekoff(0, std::ios::cur, which) == std::streampos(-1))
            return nullptr;
        return [buffer, which](std::int64_t offset, std::int32_t whence) -> std::int64_t {
            const std::ios::seekdir from = whence == 0 ? std::ios::beg : whence == 1 ? std::ios::cur : std::ios::end;
            return std::streamoff(buffer->pubseekoff(static_cast<std::streamoff>(offset), from, which));
        };
    }
};

namespace detail {

/* The struct of dio.h that leads to a Stream. */
inline DIO_Stream c_stream(Stream &stream) noexcept
{
    DIO_Stream c = DIO_Stream();
    c.struct_size = sizeof c;
    c.user = &stream;
    constexpr std::int64_t failed = -1;
    if (stream.read)
        c.read = [](void *user, std::uint8_t *to, std::size_t n) noexcept {
            return guarded(failed, [&] { return static_cast<Stream *>(user)->read(MutableBytes(to, n)); });
        };
    if (stream.write)
        c.write = [](void *user, const std::uint8_t *from, std::size_t n) noexcept {
            return guarded(failed, [&] { return static_cast<Stream *>(user)->write(Bytes(from, n)); });
        };
    if (stream.seek)
        c.seek = [](void *user, std::int64_t offset, std::int32_t whence) noexcept {
            return guarded(failed, [&] { return static_cast<Stream *>(user)->seek(offset, whence); });
        };
    return c;
}

}  // namespace detail

/* An open file whose pages are read one by one, in any order, from 0. */
class Reader {
public:
    /* Reads nothing. */
    Reader() noexcept = default;
    Reader(Reader &&) noexcept = default;
    Reader &operator=(Reader &&other) noexcept
    {
        /* The old handle goes before what it borrows. */
        handle_ = std::move(other.handle_);
        kept_ = std::move(other.kept_);
        progress_ = std::move(other.progress_);
        return *this;
    }

    static Reader open_file(const Path &path, const ReadOptions &options = ReadOptions())
    {
        return open(options, nullptr,
                    [&](DIO_Reader **to) { return DIO_ReaderOpenFile(path.c_str(), &options, to); });
    }
    /* The bytes are borrowed while the reader is used. */
    static Reader open_memory(Bytes file, const ReadOptions &options = ReadOptions())
    {
        return open_kept(nullptr, file, options);
    }
    /* The reader keeps the bytes. */
    static Reader open_memory(std::vector<std::uint8_t> &&file, const ReadOptions &options = ReadOptions())
    {
        auto kept = std::make_shared<std::vector<std::uint8_t>>(std::move(file));
        return open_kept(kept, *kept, options);
    }
    static Reader open_memory(Buffer &&file, const ReadOptions &options = ReadOptions())
    {
        auto kept = std::make_shared<Buffer>(std::move(file));
        return open_kept(kept, *kept, options);
    }
    /* The reader keeps the callables. Without seek the stream is read to its end first. */
    static Reader open_stream(Stream stream, const ReadOptions &options = ReadOptions())
    {
        auto kept = std::make_shared<Stream>(std::move(stream));
        const DIO_Stream c = detail::c_stream(*kept);
        return open(options, kept, [&](DIO_Reader **to) { return DIO_ReaderOpenStream(&c, &options, to); });
    }

    explicit operator bool() const noexcept { return handle_ != nullptr; }
    DIO_Reader *get() const noexcept { return handle_.get(); }

    /* The same open file for another thread. */
    Reader clone() const
    {
        DIO_Reader *made = nullptr;
        detail::check(DIO_ReaderClone(get(), &made));
        Reader reader;
        reader.handle_.reset(made);
        reader.progress_ = progress_;
        reader.kept_ = kept_;
        return reader;
    }

    std::size_t page_count() const
    {
        std::size_t count = 0;
        detail::check(DIO_ReaderGetPageCount(get(), &count));
        return count;
    }
    /* Of what read_page will return. */
    ImageInfo page_info(std::size_t page)
    {
        ImageInfo info;
        detail::check(DIO_ReaderGetPageInfo(get(), page, &info));
        return info;
    }
    Image read_page(std::size_t page)
    {
        return Image::make([&](DIO_ImageData **to) { return DIO_ReaderReadPage(get(), page, to); });
    }
    /* With other options than those of the reader. */
    Image read_page(std::size_t page, const ReadOptions &options)
    {
        return Image::make(
            [&](DIO_ImageData **to) { return DIO_ReaderReadPageWithOptions(get(), page, &options, to); });
    }
    /* Into the caller's memory, in the format and stride of the layout. */
    void read_page_into(std::size_t page, MutableBytes to, const PixelLayout &layout)
    {
        const DIO_PixelLayout it = layout.in(to.size());
        detail::check(DIO_ReaderReadPageInto(get(), page, to.data(), &it));
    }

private:
    template <typename Call>
    static Reader open(const ReadOptions &options, std::shared_ptr<void> kept, Call call)
    {
        DIO_Reader *made = nullptr;
        const DIO_ErrorCode code = call(&made);
        Reader reader;
        reader.progress_ = options.kept;
        reader.kept_ = std::move(kept);
        reader.handle_.reset(made);
        detail::check(code);
        return reader;
    }
    static Reader open_kept(std::shared_ptr<void> kept, Bytes file, const ReadOptions &options)
    {
        return open(options, std::move(kept), [&](DIO_Reader **to) {
            return DIO_ReaderOpenMemory(file.data(), file.size(), &options, to);
        });
    }

    std::shared_ptr<void> progress_;
    std::shared_ptr<void> kept_;
    /* Last, so that it goes first. */
    detail::Handle<DIO_Reader> handle_;
};

/* A document that is being written page by page. One that is not finished leaves nothing behind. */
class Writer {
public:
    /* Writes nothing. */
    Writer() noexcept = default;
    Writer(Writer &&) noexcept = default;
    Writer &operator=(Writer &&other) noexcept
    {
        handle_ = std::move(other.handle_);
        stream_ = std::move(other.stream_);
        progress_ = std::move(other.progress_);
        return *this;
    }

    static Writer open_file(const Path &path, bool overwrite = true, const SaveOptions &options = SaveOptions())
    {
        return open(options, nullptr, [&](DIO_Writer **to) {
            return DIO_WriterOpenFile(path.c_str(), overwrite ? 1 : 0, &options, to);
        });
    }
    static Writer open_append(const Path &path, const SaveOptions &options = SaveOptions())
    {
        return open(options, nullptr,
                    [&](DIO_Writer **to) { return DIO_WriterOpenAppend(path.c_str(), &options, to); });
    }
    /* Of the format options.format, handed over by finish_to_memory. */
    static Writer open_memory(const SaveOptions &options)
    {
        return open(options, nullptr, [&](DIO_Writer **to) { return DIO_WriterOpenMemory(&options, to); });
    }
    /* Of the format options.format. The writer keeps the callables. */
    static Writer open_stream(Stream stream, const SaveOptions &options)
    {
        auto kept = std::make_shared<Stream>(std::move(stream));
        const DIO_Stream c = detail::c_stream(*kept);
        return open(options, kept, [&](DIO_Writer **to) { return DIO_WriterOpenStream(&c, &options, to); });
    }

    explicit operator bool() const noexcept { return handle_ != nullptr; }
    DIO_Writer *get() const noexcept { return handle_.get(); }

    void add_page(const Image &image) { detail::check(DIO_WriterAddPage(get(), image.get(), nullptr)); }
    /* With other options than those of the document. */
    void add_page(const Image &image, const SaveOptions &options)
    {
        detail::check(DIO_WriterAddPage(get(), image.get(), &options));
    }
    /* A page from an encoded file, whose data goes through untouched where it can. */
    void add_encoded(Bytes file) { detail::check(DIO_WriterAddEncoded(get(), file.data(), file.size(), nullptr)); }
    void add_encoded(Bytes file, const SaveOptions &options)
    {
        detail::check(DIO_WriterAddEncoded(get(), file.data(), file.size(), &options));
    }
    void finish()
    {
        detail::check(DIO_WriterFinish(get()));
        if (stream_ && stream_->flush)
            stream_->flush();
    }
    Buffer finish_to_memory()
    {
        std::uint8_t *bytes = nullptr;
        std::size_t size = 0;
        const DIO_ErrorCode code = DIO_WriterFinishToMemory(get(), &bytes, &size);
        Buffer buffer(bytes, size);
        detail::check(code);
        return buffer;
    }

private:
    template <typename Call>
    static Writer open(const SaveOptions &options, std::shared_ptr<Stream> stream, Call call)
    {
        DIO_Writer *made = nullptr;
        const DIO_ErrorCode code = call(&made);
        Writer writer;
        writer.progress_ = options.kept;
        writer.stream_ = std::move(stream);
        writer.handle_.reset(made);
        detail::check(code);
        return writer;
    }

    std::shared_ptr<void> progress_;
    std::shared_ptr<Stream> stream_;
    /* Last, so that it goes first. */
    detail::Handle<DIO_Writer> handle_;
};

/* Facts of the page options.page without decoding. */
inline ImageInfo probe_file(const Path &path, const ReadOptions &options = ReadOptions())
{
    ImageInfo info;
    detail::check(DIO_ProbeFile(path.c_str(), &options, &info));
    return info;
}
inline ImageInfo probe_memory(Bytes file, const ReadOptions &options = ReadOptions())
{
    ImageInfo info;
    detail::check(DIO_ProbeMemory(file.data(), file.size(), &options, &info));
    return info;
}

/* What the library can do with a format. */
inline FormatInfo query_format(DIO_ImageFileFormat format)
{
    FormatInfo info;
    detail::check(DIO_QueryFormat(format, &info));
    return info;
}

/* The version of the library, such as "0.1.0". */
inline const char *version() noexcept { return DIO_GetVersion(); }
/* A sentence for a code. */
inline const char *error_string(DIO_ErrorCode code) noexcept { return DIO_GetErrorString(code); }

}  // namespace dio

#ifdef __cpp_lib_span
/* So that a std::span may be made of one that goes away. */
template <typename T>
inline constexpr bool std::ranges::enable_borrowed_range<dio::Span<T>> = true;
#endif

#endif
