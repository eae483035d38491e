import LoadBalancing

@testable import HealthChecks

extension RealServer {
  /// `dicom`: dcmtk's storage provider.
  static let storeSCP = RealServer(
    name: "storescp",
    prepare: { place in
      let directory = try place.directory("images")
      return ["/usr/bin/storescp", "--aetitle", "PACS", "--output-directory", directory, "\(place.ports[0])"]
    },
    cases: { _ in
      [
        .passes(.dicom(DICOMCheck(calledAETitle: "PACS")), "C-ECHO answered by 'PACS' in "),
        .fails(.smtp(LoginCheck()), within: .milliseconds(300), "no SMTP greeting within"),
      ]
    }, awaited: "answer to the association request")
}
