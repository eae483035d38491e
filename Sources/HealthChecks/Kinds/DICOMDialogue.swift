import LoadBalancing

/// The check `dicom`: an association for the Verification SOP class, a C-ECHO and the release, as modalities do it
/// (DICOM PS3.8 section 9.3 for the associations, PS3.7 section 9.3.5 for the echo). Port 104.
struct DICOMDialogue: Dialogue {
  private enum State { case association, echo, release }

  private let check: DICOMCheck
  private var state = State.association

  init(_ check: DICOMCheck) { self.check = check }

  var awaited: String {
    switch state {
    case .association: "answer to the association request"
    case .echo: "answer to C-ECHO"
    case .release: "answer to the release request"
    }
  }

  func open() -> DialogueStep { .send(DICOMMessages.associationRequest(check)) }

  mutating func proceed(_ reply: inout ReplyBuffer) -> DialogueStep {
    guard let type = reply.byte(at: 0) else { return .needMore }
    guard (1...7).contains(type), reply.byte(at: 1) != nil else {
      return type >= 1 && type <= 7 ? .needMore : .failed("no DICOM: \(Presentable.quote(reply.unread))")
    }
    guard let length = reply.integer(UInt32.self, at: 2) else { return .needMore }
    guard length <= UInt32(Self.replyBytesMax - 6) else { return .failed("no DICOM: a unit of \(length) bytes") }
    guard let unit = reply.take(6 + Int(length)) else { return .needMore }
    return answer(type, unit)
  }

  private mutating func answer(_ type: UInt8, _ unit: [UInt8]) -> DialogueStep {
    let unit = ReplyBuffer(unit)
    switch (state, type) {
    case (.association, 2):
      guard DICOMMessages.acceptsVerification(unit) else {
        return .failed("the association was accepted without the Verification SOP class")
      }
      state = .echo
      return .send(DICOMMessages.echoRequest)
    case (.association, 3): return .failed("the association was rejected: \(DICOMMessages.rejection(unit))")
    case (.echo, 4):
      guard let status = DICOMMessages.echoStatus(unit) else { return .failed("no answer to C-ECHO in the data sent") }
      guard status == 0 else { return .failed("C-ECHO was answered with status 0x\(String(status, radix: 16))") }
      state = .release
      return .send(DICOMMessages.releaseRequest)
    case (.release, 6): return passed
    case (_, 7): return state == .release ? passed : .failed("the server aborted the association")
    default: return .failed("expected an \(awaited), got a unit of type \(type)")
    }
  }

  /// Once the echo was answered the server is well, however it ends the association.
  mutating func ended(_ reply: inout ReplyBuffer) -> DialogueStep {
    state == .release ? passed : .failed("the server closed the connection instead of sending an \(awaited)")
  }

  private var passed: DialogueStep { .passed("C-ECHO answered by \(Presentable.quote(check.calledAETitle.utf8))") }
}
