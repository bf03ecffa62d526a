// SPDX-License-Identifier: Apache-2.0

import Backends
import ControlProtocol
import EmbeddedDriver
import HostSystem
import Intel82576
import PCIe

/// What a port's thread answers to questions of the control socket.
final class PortAnswers {
    private static let mostTraces = 4

    let name: String
    let plan: ServePlan
    let port: Port
    let backend: any Backend
    let servers: [any FunctionServer]
    let injector: FaultInjector?
    let reload: Reload
    let captures: CaptureHub
    let misuse: MisuseWatch
    private let watch: PortWatch
    /// Those that run.
    private var traces: [TraceSession] = []
    /// Connections for which it is counted who sends to whom.
    private var counting: Set<Int> = []

    init(_ parts: ServedParts, _ misuse: MisuseWatch, mailbox: ControlMailbox) {
        name = parts.plan.name ?? ""
        (plan, port, backend) = (parts.plan, parts.port, parts.backend)
        (servers, injector, reload) = (parts.servers, parts.injector, parts.reload)
        (captures, self.misuse) = (CaptureHub(parts.port), misuse)
        watch = PortWatch(parts, name: name, mailbox: mailbox)
    }

    /// Answers, at once.
    func answer(_ question: PortQuestion) {
        do throws(ControlError) { question.reply(.success(try answer(question.subject))) } catch {
            question.reply(.failure(error))
        }
    }

    /// Tells of what happened since the last call, if anybody waits for that. Once a turn.
    /// - Parameter reports: of misuse since then.
    func afterTurn(_ reports: [MisuseReport]) {
        watch.run()
        captures.publish()
        for report in reports { watch.tell(.misuse, report.json.object ?? [:]) }
    }

    private func answer(_ subject: PortQuestion.Subject) throws(ControlError) -> JSONValue {
        switch subject {
        case .method(let method, let parameters): return try answer(method, parameters)
        case .watch(let isWanted):
            watch.setWatching(isWanted)
            return [:]
        case .stream(let stream): return try stream.start(on: self)
        case .endStream(let stream):
            stream.stop(on: self)
            return [:]
        case .matrix(let connection, let isOn):
            if isOn { counting.insert(connection) } else { counting.remove(connection) }
            port.matrix.isOn = !counting.isEmpty
            return [:]
        }
    }

    private func answer(_ method: String, _ parameters: [String: JSONValue]) throws(ControlError) -> JSONValue {
        switch method {
        case "ports": return description
        case "counters": return counters
        case "link.get": return link
        case "link.set":
            port.isUnplugged = parameters["up"] == false
            return link
        case "registers": return try registers(parameters["names"]?.array, of: parameters["function"]?.string)
        case "lint":
            misuse.set(parameters["on"] == true)
            return [:]
        case "misuse": return misuse.json
        case "capture.stop": return ["stopped": .integer(captures.removeAll())]
        case "trace.stop": return ["stopped": .integer(stopTraces())]
        case "reset": return try reset(parameters["function"]?.string ?? "pf")
        case "vf.get": return try virtualFunctions(parameters["vf"]?.integer)
        case "vf.set": return try changeVF(parameters)
        case "fault.inject": return try inject(parameters["faults"]?.string ?? "")
        default: throw .unknownMethod(method)
        }
    }
}

/// What a served port is made of.
struct ServedParts {
    var plan: ServePlan
    var port: Port
    var backend: any Backend
    var servers: [any FunctionServer]
    var injector: FaultInjector?
    var reload: Reload
}

// MARK: Traces

extension PortAnswers {
    func add(_ trace: TraceSession) throws(ControlError) {
        guard traces.count < Self.mostTraces else { throw .refused("there are \(Self.mostTraces) traces of this port") }
        traces.append(trace)
        port.observers.append(trace.recorder)
    }

    func remove(_ trace: TraceSession) {
        traces.removeAll { $0 === trace }
        port.observers.removeAll { $0 === trace.recorder }
        trace.end()
    }

    private func stopTraces() -> Int {
        let count = traces.count
        for trace in traces { remove(trace) }
        return count
    }
}

// MARK: What is done

extension PortAnswers {
    private func reset(_ function: String) throws(ControlError) -> JSONValue {
        let number = functionNumber(function) ?? 0
        if number == 0 {
            port.physicalFunction.reset()
        } else {
            guard port.resetVF(number - 1) else { throw .refused("\(function) does not exist now") }
        }
        return [:]
    }

    private func inject(_ text: String) throws(ControlError) -> JSONValue {
        guard let injector else { throw .refused("there are no means to inject faults") }
        let faults: Faults
        do throws(InvalidSetting) { faults = try parseFaults(text) } catch {
            throw .invalidParameters(error.message)
        }
        injector.take(faults)
        return ["faults": .string("\(faults)")]
    }
}
