/// Certificates made for these tests, valid from June 2024 to June 2026.
enum TestCertificates {
  static let root = """
    -----BEGIN CERTIFICATE-----
    MIIBQzCB6aADAgECAhQ4ehQdB/vE4MtI0VNXCzlvZg4rqjAKBggqhkjOPQQDAjAP
    MQ0wCwYDVQQDDARyb290MB4XDTI0MDYwMTAwMDAwMFoXDTI2MDYwMTAwMDAwMFow
    DzENMAsGA1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIQIdueM
    2Tz9xmCNGuPPW44zLviSyR8TgEnqfW+0ba56p2oHVeorIPttB3NknZbnD0TPpM3i
    zdsqUO4Y335uF5ajIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEG
    MAoGCCqGSM49BAMCA0kAMEYCIQCBJyd5WQl2wZKf9v+Rr+sYLPsFoIq36EOoDmev
    7x2/TwIhAIh4i2q8an7UadypxJX0pckE0NFrGB1DqusURZm4z3rq
    -----END CERTIFICATE-----
    """
  static let intermediate = """
    -----BEGIN CERTIFICATE-----
    MIIBRzCB7aADAgECAhRQETRtXAy1TUYMC9JQ85Uh00TsyzAKBggqhkjOPQQDAjAP
    MQ0wCwYDVQQDDARyb290MB4XDTI0MDYwMTAwMDAwMFoXDTI2MDYwMTAwMDAwMFow
    EDEOMAwGA1UEAwwFaW50ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAThaxeP
    rXEbU0fNNpLvXfLsSubjKWL7P0RUXrv0dN/3slASNBWzTBFkqZ9eSYGmYiL6D6OA
    f2/IeDYU75HKNBE1oyYwJDASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQE
    AwIBBjAKBggqhkjOPQQDAgNJADBGAiEA5xvbhJwURzvksx+BMA89+k+kn2hbMf3j
    en6JWU8+qKoCIQCT+zn7/A0G7npuajc6V2m+ZdJ8T0rcSrtguGvcqM8jAw==
    -----END CERTIFICATE-----
    """
  static let leaf = """
    -----BEGIN CERTIFICATE-----
    MIIBlTCCATugAwIBAgIUEKXeXmjt2vtGUEq2n06GLlWvTQQwCgYIKoZIzj0EAwIw
    EDEOMAwGA1UEAwwFaW50ZXIwHhcNMjQwNjAxMDAwMDAwWhcNMjYwNjAxMDAwMDAw
    WjAbMRkwFwYDVQQDDBBsZWFmLmV4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZI
    zj0DAQcDQgAEefxFiYkz2WW5oLEykIEkjI4t/w+6D5SQj1UY2AFlcVhb8FHFNw4R
    hvkkbxjI+64m2qrC91FsMRyHVfrTctnNoaNoMGYwDAYDVR0TAQH/BAIwADATBgNV
    HSUEDDAKBggrBgEFBQcDATBBBgNVHREEOjA4gg1hLmV4YW1wbGUuY29tgg8qLncu
    ZXhhbXBsZS5jb22HBAoBAgOHECABDbgAAAAAAAAAAAAAAAEwCgYIKoZIzj0EAwID
    SAAwRQIgSGP4CykuOcOdpNOFUZscE51XbE5mGsN9+ikW0IKZknUCIQCFvDHeacZr
    PEUPJvCsqfVZxutI4yWi8jDQoWpQ+2/ntA==
    -----END CERTIFICATE-----
    """
  static let otherRoot = """
    -----BEGIN CERTIFICATE-----
    MIIBQzCB6aADAgECAhR0hRJMOtfzQpvCDBRWkMwuJycqZTAKBggqhkjOPQQDAjAP
    MQ0wCwYDVQQDDARyb290MB4XDTI0MDYwMTAwMDAwMFoXDTI2MDYwMTAwMDAwMFow
    DzENMAsGA1UEAwwEcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC4GpPvt
    xJ189FtcFokKtBQROttG5BvlzBXWczYNbM8UNgezTOrfZDdDmFcPNfXE+P6pg7sl
    eJ2/XSc5S1uY5rqjIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEG
    MAoGCCqGSM49BAMCA0kAMEYCIQCwxslWHsSs7virWps0ftJldhqPrnVBDGqjomDB
    /YvrVQIhAPxriKnKps6YkCaptI9WYMZgRR8nI5GMWFklGB61RaNM
    -----END CERTIFICATE-----
    """
  static let client = """
    -----BEGIN CERTIFICATE-----
    MIIBRzCB7qADAgECAhRYrxHa+PFNEi0hG/W3/W7HmCVy7DAKBggqhkjOPQQDAjAQ
    MQ4wDAYDVQQDDAVpbnRlcjAeFw0yNDA2MDEwMDAwMDBaFw0yNjA2MDEwMDAwMDBa
    MBExDzANBgNVBAMMBmNsaWVudDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEsn
    fEKVs3sT+16rKvfIyBO9Fd/Qx56CztqodzFilGXkDWYCeTsa/PNmpQMmoTfmJxyR
    quQUImfSzlzlx1T5bCujJTAjMAwGA1UdEwEB/wQCMAAwEwYDVR0lBAwwCgYIKwYB
    BQUHAwIwCgYIKoZIzj0EAwIDSAAwRQIgKrFNK/dHibMXcEi0IEgB8gTQeYUky99L
    5/3ieWatTsICIQD+ataujbxUcZDfSxiYfPH50lJsKyRSAkUhopc0qamPdA==
    -----END CERTIFICATE-----
    """
  static let constrained = """
    -----BEGIN CERTIFICATE-----
    MIIBYDCCAQagAwIBAgIUXiQuNdm8ohM3N/docj3EHEeJQz8wCgYIKoZIzj0EAwIw
    DzENMAsGA1UEAwwEcm9vdDAeFw0yNDA2MDEwMDAwMDBaFw0yNjA2MDEwMDAwMDBa
    MA0xCzAJBgNVBAMMAm5jMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErihefFqz
    OySll2HySHYyKQWDoA5MXrOx6s39U/f0EEhntZdBQQda0ghRzXw+ymjLb8H/oHXM
    Yw0oTH6KtFzceqNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAQYw
    HQYDVR0eAQH/BBMwEaAPMA2CC2V4YW1wbGUuY29tMAoGCCqGSM49BAMCA0gAMEUC
    IQD2BDM8ocVRIR6y0MNOA0gkqO0cuf7ovMmffpC06ZhGuQIgbUT2pbBmBXIXPGh9
    8qbtlnNHV1pG+IIx/eL1oGcjlZk=
    -----END CERTIFICATE-----
    """
  static let insideConstraint = """
    -----BEGIN CERTIFICATE-----
    MIIBRDCB7KADAgECAhQmiZO7MI20CNvSGZosjDj+oJr1gTAKBggqhkjOPQQDAjAN
    MQswCQYDVQQDDAJuYzAeFw0yNDA2MDEwMDAwMDBaFw0yNjA2MDEwMDAwMDBaMA0x
    CzAJBgNVBAMMAmluMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEi1PthxI7ZD6F
    qj/86o2UstOvdjyViZryUHHVYafjLTwStXWvx5yumIUaIlmPwFyunFbgXV+PAQ2F
    L/AOVswLoKMqMCgwDAYDVR0TAQH/BAIwADAYBgNVHREEETAPgg1hLmV4YW1wbGUu
    Y29tMAoGCCqGSM49BAMCA0cAMEQCID0bfFrERhRxlUoStpLJ9E4Y16j+/G2/XsdD
    yCqL5W2jAiBlrGameRu9K5gTa93nwSZIwMidQfzizzs8FCvmIeyFYw==
    -----END CERTIFICATE-----
    """
  static let outsideConstraint = """
    -----BEGIN CERTIFICATE-----
    MIIBQDCB6KADAgECAhQnjZzF5uG9fSvZnihzsqRyOLoATTAKBggqhkjOPQQDAjAN
    MQswCQYDVQQDDAJuYzAeFw0yNDA2MDEwMDAwMDBaFw0yNjA2MDEwMDAwMDBaMA4x
    DDAKBgNVBAMMA291dDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABBAQ1HEJ76ax
    vhEs0oP226DJEs82KIuHVMHU2wPJixxcubMbFQgQFW4WKVgl4CV1d8IaIvvwtM0+
    4SvX4vOkT3ejJTAjMAwGA1UdEwEB/wQCMAAwEwYDVR0RBAwwCoIIZXZpbC5vcmcw
    CgYIKoZIzj0EAwIDRwAwRAIgLMKIzfEQ5GoEHugBgn4KmO8geXkAyjphw6EJbo8W
    XUACIC5nbRtAMNFmurvnHKuUq8byqMkg1aKwwGLYhBa36MkT
    -----END CERTIFICATE-----
    """
  static let belowLeaf = """
    -----BEGIN CERTIFICATE-----
    MIIBPTCB46ADAgECAhQKafXK/2XL0ihN/f3sQ2SB1VQFhjAKBggqhkjOPQQDAjAb
    MRkwFwYDVQQDDBBsZWFmLmV4YW1wbGUuY29tMB4XDTI0MDYwMTAwMDAwMFoXDTI2
    MDYwMTAwMDAwMFowEDEOMAwGA1UEAwwFYmVsb3cwWTATBgcqhkjOPQIBBggqhkjO
    PQMBBwNCAARC27utswLjEBS7rkQga25OBmZJEA2UZfWtHWMGBc113tcSkUxoKiqD
    raTGIh4qoU5hKZs4xRwRp+jmTNGihgMToxAwDjAMBgNVHRMBAf8EAjAAMAoGCCqG
    SM49BAMCA0kAMEYCIQCGqSMkF+uNBUjzzwfqSSMSbuAtNyAhfS39US+f6FHgLgIh
    AORypjg/Ek1Rd/oRexxjo4wVD88GtF+CpmBMDqO+qlov
    -----END CERTIFICATE-----
    """
  static let everything = """
    -----BEGIN CERTIFICATE-----
    MIID7jCCA3OgAwIBAgIUX5x/axRGsiGpPBYQNbPdZvncu0EwCgYIKoZIzj0EAwMw
    PDELMAkGA1UEBhMCREUxEjAQBgNVBAoMCUFjbWUgw4PCqTEZMBcGA1UEAwwQbGVh
    Zi5leGFtcGxlLmNvbTAeFw0yNjExMjMxODQ3NDBaFw0zNjExMjAxODQ3NDBaMDwx
    CzAJBgNVBAYTAkRFMRIwEAYDVQQKDAlBY21lIMODwqkxGTAXBgNVBAMMEGxlYWYu
    ZXhhbXBsZS5jb20wdjAQBgcqhkjOPQIBBgUrgQQAIgNiAATLCH5qmBB3Vukpszz/
    TkVti2Zj/sgmXrOGHWfEt83jg9+Ivy/wSkDQ0fepEioZ75oO07YaVrjAKVYSAKcn
    +cyP7xnkr3DbCbLd/q05oMwZ959heUx0YphOcXXsOTuG6cijggI0MIICMDASBgNV
    HRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBhjAjBgNVHSUEHDAaBggrBgEF
    BQcDAQYIKwYBBQUHAwIGBCoDBAUwHQYDVR0OBBYEFIMdbittbJbsIZEuPRShgqeA
    3s2UMHYGA1UdEQRvMG2CDWEuZXhhbXBsZS5jb22CCyouYi5leGFtcGxlhwQKAQID
    hxAgAQ24AAAAAAAAAAAAAAABgQthQGIuZXhhbXBsZYYqaHR0cHM6Ly91c2VyOnB3
    QGguZXhhbXBsZTo4NDQzL3AlMjBhL3Q/cT0xMF4GA1UdHgEB/wRUMFKgKzANggtl
    eGFtcGxlLmNvbTAKhwgKAAAA/wAAADAOhgwuZXhhbXBsZS5jb22hIzARgg9iYWQu
    ZXhhbXBsZS5jb20wDoEMZXZpbC5leGFtcGxlMEkGA1UdHwRCMEAwHqAcoBqGGGh0
    dHA6Ly9jcmwuZXhhbXBsZS9hLmNybDAeoBygGoYYaHR0cDovL2NybC5leGFtcGxl
    L2IuY3JsMBgGA1UdIAQRMA8wBQYDKgMEMAYGBFUdIAAwVgYIKwYBBQUHAQEESjBI
    MCAGCCsGAQUFBzABhhRodHRwOi8vb2NzcC5leGFtcGxlLzAkBggrBgEFBQcwAoYY
    aHR0cDovL2NhLmV4YW1wbGUvY2EuY3J0MA8GA1UdJAQIMAaAAQOBAQAwCgYDVR02
    BAMCAQIwFAYJKwYBBAGGjR8BBAcMBWhlbGxvMAoGCCqGSM49BAMDA2kAMGYCMQDi
    yUcoEArJPYq4SGNXYK1DecVh6bM7+bV8Nxupeoi1vN64+VFU+GPmWbxUs+1RcRwC
    MQDi89oclcmaJYi29ji/i+VBhn9LQAgtiW2XKrszUSei5OJbNaCEkZOci+lSFn5B
    wNk=
    -----END CERTIFICATE-----
    """
  static let everythingKey = """
    -----BEGIN EC PRIVATE KEY-----
    MIGkAgEBBDCNvm0DokNbBQ4/XAdjzLK7qaDQh2r6yh/R2XuTIwrH5JWZ2kotCMCO
    SofcNI6VLKCgBwYFK4EEACKhZANiAATLCH5qmBB3Vukpszz/TkVti2Zj/sgmXrOG
    HWfEt83jg9+Ivy/wSkDQ0fepEioZ75oO07YaVrjAKVYSAKcn+cyP7xnkr3DbCbLd
    /q05oMwZ959heUx0YphOcXXsOTuG6cg=
    -----END EC PRIVATE KEY-----
    """
  static let request = """
    -----BEGIN CERTIFICATE REQUEST-----
    MIIDfjCCAwQCAQAwPDELMAkGA1UEBhMCREUxEjAQBgNVBAoMCUFjbWUgw4PCqTEZ
    MBcGA1UEAwwQbGVhZi5leGFtcGxlLmNvbTB2MBAGByqGSM49AgEGBSuBBAAiA2IA
    BMsIfmqYEHdW6SmzPP9ORW2LZmP+yCZes4YdZ8S3zeOD34i/L/BKQNDR96kSKhnv
    mg7TthpWuMApVhIApyf5zI/vGeSvcNsJst3+rTmgzBn3n2F5THRimE5xdew5O4bp
    yKCCAkcwggJDBgkqhkiG9w0BCQ4xggI0MIICMDASBgNVHRMBAf8ECDAGAQH/AgEA
    MA4GA1UdDwEB/wQEAwIBhjAjBgNVHSUEHDAaBggrBgEFBQcDAQYIKwYBBQUHAwIG
    BCoDBAUwHQYDVR0OBBYEFIMdbittbJbsIZEuPRShgqeA3s2UMHYGA1UdEQRvMG2C
    DWEuZXhhbXBsZS5jb22CCyouYi5leGFtcGxlhwQKAQIDhxAgAQ24AAAAAAAAAAAA
    AAABgQthQGIuZXhhbXBsZYYqaHR0cHM6Ly91c2VyOnB3QGguZXhhbXBsZTo4NDQz
    L3AlMjBhL3Q/cT0xMF4GA1UdHgEB/wRUMFKgKzANggtleGFtcGxlLmNvbTAKhwgK
    AAAA/wAAADAOhgwuZXhhbXBsZS5jb22hIzARgg9iYWQuZXhhbXBsZS5jb20wDoEM
    ZXZpbC5leGFtcGxlMEkGA1UdHwRCMEAwHqAcoBqGGGh0dHA6Ly9jcmwuZXhhbXBs
    ZS9hLmNybDAeoBygGoYYaHR0cDovL2NybC5leGFtcGxlL2IuY3JsMBgGA1UdIAQR
    MA8wBQYDKgMEMAYGBFUdIAAwVgYIKwYBBQUHAQEESjBIMCAGCCsGAQUFBzABhhRo
    dHRwOi8vb2NzcC5leGFtcGxlLzAkBggrBgEFBQcwAoYYaHR0cDovL2NhLmV4YW1w
    bGUvY2EuY3J0MA8GA1UdJAQIMAaAAQOBAQAwCgYDVR02BAMCAQIwFAYJKwYBBAGG
    jR8BBAcMBWhlbGxvMAoGCCqGSM49BAMCA2gAMGUCMQC2/HQXQ2j6QD2xk9XlvMi8
    xLHqpRR+8NyhWdaZVPwDznw3wkQNy4nKKAw5Z5v+rbUCMEZYYtOi8LO6o4tDtxsr
    GELMy9a04BWsqE1q7dhnTrbHarahiVNaz8EblrQpUT8PXQ==
    -----END CERTIFICATE REQUEST-----
    """
  /// What OPA says of `everything`, without its raw parts.
  static let everythingJSON = """
    {
     "AuthorityKeyId": null,
     "BasicConstraintsValid": true,
     "CRLDistributionPoints": [
      "http://crl.example/a.crl",
      "http://crl.example/b.crl"
     ],
     "DNSNames": [
      "a.example.com",
      "*.b.example"
     ],
     "EmailAddresses": [
      "a@b.example"
     ],
     "ExcludedDNSDomains": [
      "bad.example.com"
     ],
     "ExcludedEmailAddresses": [
      "evil.example"
     ],
     "ExcludedIPRanges": null,
     "ExcludedURIDomains": null,
     "ExtKeyUsage": [
      1,
      2
     ],
     "ExtraExtensions": null,
     "IPAddresses": [
      "10.1.2.3",
      "2001:db8::1"
     ],
     "InhibitAnyPolicy": 2,
     "InhibitAnyPolicyZero": false,
     "InhibitPolicyMapping": 0,
     "InhibitPolicyMappingZero": true,
     "IsCA": true,
     "Issuer": {
      "CommonName": "leaf.example.com",
      "Country": [
       "DE"
      ],
      "ExtraNames": null,
      "Locality": null,
      "Names": [
       {
        "Type": [
         2,
         5,
         4,
         6
        ],
        "Value": "DE"
       },
       {
        "Type": [
         2,
         5,
         4,
         10
        ],
        "Value": "Acme Ã©"
       },
       {
        "Type": [
         2,
         5,
         4,
         3
        ],
        "Value": "leaf.example.com"
       }
      ],
      "Organization": [
       "Acme Ã©"
      ],
      "OrganizationalUnit": null,
      "PostalCode": null,
      "Province": null,
      "SerialNumber": "",
      "StreetAddress": null
     },
     "IssuingCertificateURL": [
      "http://ca.example/ca.crt"
     ],
     "KeyUsage": 97,
     "MaxPathLen": 0,
     "MaxPathLenZero": true,
     "NotAfter": "2036-11-20T18:47:40Z",
     "NotBefore": "2026-11-23T18:47:40Z",
     "OCSPServer": [
      "http://ocsp.example/"
     ],
     "PermittedDNSDomains": [
      "example.com"
     ],
     "PermittedDNSDomainsCritical": true,
     "PermittedEmailAddresses": null,
     "PermittedIPRanges": [
      {
       "IP": "10.0.0.0",
       "Mask": "/wAAAA=="
      }
     ],
     "PermittedURIDomains": [
      ".example.com"
     ],
     "Policies": [
      "1.2.3.4",
      "2.5.29.32.0"
     ],
     "PolicyIdentifiers": [
      [
       1,
       2,
       3,
       4
      ],
      [
       2,
       5,
       29,
       32,
       0
      ]
     ],
     "PolicyMappings": null,
     "PublicKey": {
      "Curve": {},
      "X": 31249666310514912395157633827243730321999590621632370076857750472091069828100062730327691132610071764411515978510234,
      "Y": 2282083766398106264274207576236405145044340494787223355126875713100656212802033695087348731070869880570409774410184
     },
     "PublicKeyAlgorithm": 3,
     "RawIssuer": "MDwxCzAJBgNVBAYTAkRFMRIwEAYDVQQKDAlBY21lIMODwqkxGTAXBgNVBAMMEGxlYWYuZXhhbXBsZS5jb20=",
     "RawSubject": "MDwxCzAJBgNVBAYTAkRFMRIwEAYDVQQKDAlBY21lIMODwqkxGTAXBgNVBAMMEGxlYWYuZXhhbXBsZS5jb20=",
     "RequireExplicitPolicy": 3,
     "RequireExplicitPolicyZero": false,
     "SerialNumber": 545844139176713759735578127017857394829705395009,
     "SignatureAlgorithm": 11,
     "Subject": {
      "CommonName": "leaf.example.com",
      "Country": [
       "DE"
      ],
      "ExtraNames": null,
      "Locality": null,
      "Names": [
       {
        "Type": [
         2,
         5,
         4,
         6
        ],
        "Value": "DE"
       },
       {
        "Type": [
         2,
         5,
         4,
         10
        ],
        "Value": "Acme Ã©"
       },
       {
        "Type": [
         2,
         5,
         4,
         3
        ],
        "Value": "leaf.example.com"
       }
      ],
      "Organization": [
       "Acme Ã©"
      ],
      "OrganizationalUnit": null,
      "PostalCode": null,
      "Province": null,
      "SerialNumber": "",
      "StreetAddress": null
     },
     "SubjectKeyId": "gx1uK21sluwhkS49FKGCp4DezZQ=",
     "URIStrings": [
      "https://user:pw@h.example:8443/p%20a/t?q=1"
     ],
     "URIs": [
      {
       "ForceQuery": false,
       "Fragment": "",
       "Host": "h.example:8443",
       "OmitHost": false,
       "Opaque": "",
       "Path": "/p a/t",
       "RawFragment": "",
       "RawPath": "",
       "RawQuery": "q=1",
       "Scheme": "https",
       "User": {}
      }
     ],
     "UnhandledCriticalExtensions": null,
     "UnknownExtKeyUsage": [
      [
       1,
       2,
       3,
       4,
       5
      ]
     ],
     "Version": 3
    }
    """
  /// What OPA says of `request`, without its raw parts.
  static let requestJSON = """
    {
     "DNSNames": [
      "a.example.com",
      "*.b.example"
     ],
     "EmailAddresses": [
      "a@b.example"
     ],
     "ExtraExtensions": null,
     "IPAddresses": [
      "10.1.2.3",
      "2001:db8::1"
     ],
     "PublicKey": {
      "Curve": {},
      "X": 31249666310514912395157633827243730321999590621632370076857750472091069828100062730327691132610071764411515978510234,
      "Y": 2282083766398106264274207576236405145044340494787223355126875713100656212802033695087348731070869880570409774410184
     },
     "PublicKeyAlgorithm": 3,
     "RawSubject": "MDwxCzAJBgNVBAYTAkRFMRIwEAYDVQQKDAlBY21lIMODwqkxGTAXBgNVBAMMEGxlYWYuZXhhbXBsZS5jb20=",
     "SignatureAlgorithm": 10,
     "Subject": {
      "CommonName": "leaf.example.com",
      "Country": [
       "DE"
      ],
      "ExtraNames": null,
      "Locality": null,
      "Names": [
       {
        "Type": [
         2,
         5,
         4,
         6
        ],
        "Value": "DE"
       },
       {
        "Type": [
         2,
         5,
         4,
         10
        ],
        "Value": "Acme Ã©"
       },
       {
        "Type": [
         2,
         5,
         4,
         3
        ],
        "Value": "leaf.example.com"
       }
      ],
      "Organization": [
       "Acme Ã©"
      ],
      "OrganizationalUnit": null,
      "PostalCode": null,
      "Province": null,
      "SerialNumber": "",
      "StreetAddress": null
     },
     "URIs": [
      {
       "ForceQuery": false,
       "Fragment": "",
       "Host": "h.example:8443",
       "OmitHost": false,
       "Opaque": "",
       "Path": "/p a/t",
       "RawFragment": "",
       "RawPath": "",
       "RawQuery": "q=1",
       "Scheme": "https",
       "User": {}
      }
     ],
     "Version": 0
    }
    """
}
