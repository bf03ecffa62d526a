/// Why a command ends without success, in one line for the user: what is wrong and how to mend it.
public enum Failure: Error, Equatable {
    /// The command line asks for something that cannot be.
    case usage(String)
    /// The command line is right, and the machine or a file stands in the way.
    case failed(String)

    public var message: String {
        switch self {
        case .usage(let message), .failed(let message): message
        }
    }

    public var exitCode: CInt {
        switch self {
        case .usage: 2
        case .failed: 1
        }
    }
}
