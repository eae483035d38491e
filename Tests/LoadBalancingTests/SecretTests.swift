import LoadBalancing
import Testing

@Suite struct SecretTests {
  private let word = "tiger-stripes"

  @Test func noDescriptionShowsIt() {
    let secret = Secret(word)
    let check = HealthCheck(
      .application(
        .radius(RADIUSCheck(secret: secret, credentials: Credentials(user: "u", password: secret))), port: 1812),
      timing: CheckTiming())
    var dumped = ""
    dump(check, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), "\(check)", String(reflecting: check), dumped] {
      #expect(!text.contains(word), "\(text)")
    }
    #expect(secret.exposed == word)
    #expect("\(check)".contains("(secret)"))
  }
}
