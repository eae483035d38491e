import LoadBalancing
import Testing

@testable import HealthChecks

@Suite struct DigestTests {
  private func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  /// RFC 1321, appendix A.5.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"), ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
    ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
    (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
  ])
  func digests(text: String, digest: String) {
    #expect(hex(Digests.md5(Array(text.utf8))) == digest)
  }

  /// RFC 2202, section 2: cases 1, 2 and 6.
  @Test func keyedDigests() {
    let sixteen = [UInt8](repeating: 0x0B, count: 16)
    #expect(hex(Digests.hmacMD5([UInt8]("Hi There"), key: sixteen)) == "9294727a3638bb1c13f48ef8158bfc9d")
    #expect(
      hex(Digests.hmacMD5([UInt8]("what do ya want for nothing?"), key: [UInt8]("Jefe")))
        == "750c783e6ab0b503eaa86e310a5db738")
    #expect(
      hex(
        Digests.hmacMD5(
          [UInt8]("Test Using Larger Than Block-Size Key - Hash Key First"),
          key: [UInt8](repeating: 0xAA, count: 80))) == "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd")
  }

  /// The password of RFC 2865, section 7.1.
  @Test func thePasswordIsHidden() throws {
    let check = RADIUSCheck(
      secret: Secret("xyzzy5461"), credentials: Credentials(user: "nemo", password: Secret("arctangent")))
    let authenticator: [UInt8] = [
      0x0F, 0x40, 0x3F, 0x94, 0x73, 0x97, 0x80, 0x57, 0xBD, 0x83, 0xD5, 0xCB, 0x98, 0xF4, 0x22, 0x7A,
    ]
    let run = DialogueRun(RADIUSDialogue(check, identifier: 0, authenticator: authenticator), [], isDatagram: true)
    let request = try #require(run.sent.first)
    #expect(request.starts(with: [1, 0, 0, 67] + authenticator + [1, 6] + [UInt8]("nemo") + [2, 18]))
    #expect(hex(request[28..<44]) == "0dbe708d93d413ce3196e43f782a0aee")
  }

  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func base64(text: String, encoded: String) {
    #expect(Base64.encode(Array(text.utf8)) == encoded)
  }
}
