import Glibc
import Intel82576

/// The file that keeps a NIC's EEPROM from one start to the next: its 512 bytes and nothing else.
///
/// It is overwritten in place, with one write of one disk sector, so it holds either the old contents or the new ones.
/// Replacing it by another file would let go of the lock, and would need rights in its directory.
final class NVMFile {
    private let path: String
    private var descriptor: CInt
    /// What it held when it was opened; `nil` for a new one.
    let found: NVMImage?

    /// Opens the file, or creates it, readable by its owner only, and keeps others from using it.
    init(path: String) throws(Failure) {
        self.path = path
        // SAFETY: the string is lent as a C string for the call.
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o600)
        guard descriptor >= 0 else { throw .failed("nvm: \(Self.explanation(of: errno, path))") }
        do throws(Failure) {
            found = try Self.read(descriptor, path)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    deinit { close() }

    /// Brings what was written to the disk, which may take a while, and lets others use the file.
    func close() {
        guard descriptor >= 0 else { return }
        fdatasync(descriptor)
        Glibc.close(descriptor)
        descriptor = -1
    }

    /// Replaces the contents. Does not wait for the disk.
    /// - Returns: why it could not, in words.
    func write(_ image: NVMImage) -> String? {
        // SAFETY: the bytes are lent for the call.
        let written = unsafe image.bytes.withUnsafeBytes { bytes in
            unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        if written == NVMImage.byteCount { return nil }
        return written < 0 ? systemMessage(errno) : "no space"
    }

    /// Waits for a server that is just ending, or a child process that has not begun its program yet; not for another NIC.
    private static func lock(_ descriptor: CInt) -> Bool {
        for _ in 0..<50 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(10_000)
        }
        return false
    }

    private static func read(_ descriptor: CInt, _ path: String) throws(Failure) -> NVMImage? {
        var status = stat()
        // SAFETY: `status` outlives the call.
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .failed("nvm: '\(path)' is no regular file: use another name")
        }
        guard lock(descriptor) else {
            throw .failed("nvm: another NIC uses '\(path)': end its server, or give each NIC a file of its own")
        }
        if status.st_size == 0 { return nil }
        var bytes = [UInt8](repeating: 0, count: NVMImage.byteCount)
        // SAFETY: the buffer has room for the bytes asked for.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
        guard status.st_size == NVMImage.byteCount, count == NVMImage.byteCount, let image = NVMImage(bytes: bytes)
        else {
            throw .failed(
                "nvm: '\(path)' has \(status.st_size) bytes instead of the EEPROM's \(NVMImage.byteCount): "
                    + "give another file, or one that does not exist, for a new one")
        }
        return image
    }

    private static func explanation(of error: CInt, _ path: String) -> String {
        switch error {
        case EACCES, EPERM, EROFS:
            "no permission to write '\(path)': use a file and a directory that this user may write to"
        case ENOENT, ENOTDIR: "the directory of '\(path)' does not exist: create it, or use another name"
        case EISDIR, ENXIO, ELOOP: "'\(path)' is no regular file: use another name"
        default: "cannot open '\(path)': \(systemMessage(error))"
        }
    }
}
