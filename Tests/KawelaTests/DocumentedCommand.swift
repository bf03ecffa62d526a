// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A command that stands in a Markdown document.
struct DocumentedCommand: Hashable {
    enum Place {
        /// A block ```` ```console ````, which integrations type.
        case console
        /// An indented block.
        case block
        /// Code in a sentence or a table.
        case sentence
    }

    let place: Place
    /// In one line, without what is said of it behind blanks and `#`.
    let text: String

    private init(_ place: Place, _ text: some StringProtocol) {
        self.place = place
        self.text = String(text).replacing(/\s*\\\n\s*/, with: " ").replacing(/\s{2,}#.*$/, with: "")
    }

    /// The commands of `document`. An indented block has some if its first line looks like one and does not begin as one of
    /// `texts` does.
    static func all(in document: String, except texts: [String]) -> [DocumentedCommand] {
        // Blocks first, so that an odd quote in them is none of a sentence's.
        var rest = document
        var found: [DocumentedCommand] = []
        for match in rest.matches(of: /(?m)^```(\w*)\n((?:.*\n)*?)```$/) where match.1 == "console" {
            let prompts = (match.2).matches(of: /(?m)^(?:\$|root@\w+:~#) ((?:.*\\\n)*.*)$/)
            found += prompts.map { DocumentedCommand(.console, $0.1) }
        }
        rest = rest.replacing(/(?m)^```\w*\n(?:.*\n)*?```$/, with: "")
        for match in rest.matches(of: /\n\n((?: {4}.*\n(?:\n(?= {4}))?)+)/) {
            let lines = match.1.replacing(/(?m)^ {4}/, with: "")
            if !texts.contains(where: { lines.hasPrefix($0) }) { found += block(String(lines)) }
        }
        rest = rest.replacing(/(?m)^ {4}.*$/, with: "")
        let spans = rest.matches(of: /`([^`]+)`/).map { match -> String in
            String(match.1).replacing("\\|", with: "|").replacing(/\s*\n\s*/, with: " ")
        }
        return found + spans.filter { $0.contains(Self.program) }.map { DocumentedCommand(.sentence, $0) }
    }

    private static func block(_ lines: String) -> [DocumentedCommand] {
        guard lines.contains(/^(?:\$ )?(?:\w+=\S+ )*[a-z][\w.\/-]*(?: |\n)/) else { return [] }
        let all: [String] = lines.matches(of: /(?m)^((?=[^\s#])(?:.*\\\n)*.*)$/).map { String($0.1) }
        let prompted = all.filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
        return (prompted.isEmpty ? all : prompted).map { DocumentedCommand(.block, $0) }
    }

    /// What code in a sentence begins with when it is a command with arguments.
    private static var program: Regex<Substring> {
        /^(?:apt|apt-get|cp|dmesg|dpdk-testpmd|echo|ethtool|export|ip|journalctl|kawela|kill|ls|lspci|make|modprobe|mount|passt|podman|ptp4l|qemu-system-x86_64|setcap|ssh|sudo|swift|systemctl|tc|top|virsh|ovs-vsctl) \S.*/
    }
}
