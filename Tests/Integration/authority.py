"""An authority of client certificates: `openssl ca`."""

import subprocess


class Authority:
    """`openssl ca` in a folder: certificates, revocation lists, and a responder that knows them."""

    def __init__(self, folder, name, issuer=None):
        folder.mkdir()
        self.folder, self.key, self.certificate = folder, folder / "ca.key", folder / "ca.pem"
        self.count = 0
        (folder / "index.txt").touch()
        (folder / "crlnumber").write_text("01\n")
        (folder / "config").write_text(f"""
[ca]
default_ca = own
[own]
database = {folder}/index.txt
crlnumber = {folder}/crlnumber
new_certs_dir = {folder}
certificate = {self.certificate}
private_key = {self.key}
default_md = sha256
default_crl_days = 7
policy = any
rand_serial = yes
unique_subject = no
email_in_dn = no
[any]
commonName = optional
organizationName = optional
organizationalUnitName = optional
""")
        authority = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign",
                     "subjectKeyIdentifier=hash"]
        if issuer is None:
            self.run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     self.key, "-out", self.certificate, "-subj", f"/CN={name}", "-days", "30",
                     *[item for text in authority for item in ("-addext", text)])
        else:
            made = issuer.make(name, subject=f"/CN={name}", extensions=authority)
            self.key.write_text(made.key.read_text())
            self.certificate.write_text(made.certificate.read_text())

    def run(self, *arguments, **options):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=30, **options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def make(self, name, subject=None, extensions=None, usage="clientAuth", names="", days=("-days", "10"), key=None):
        base = self.folder / f"{name}-{self.count}"
        self.count += 1
        leaf = Leaf(base.with_suffix(".pem"), base.with_suffix(".key"))
        kind = key or ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
        self.run("req", "-new", "-newkey", *kind, "-nodes", "-keyout", leaf.key, "-out", base.with_suffix(".csr"),
                 "-subj", subject or f"/O=Example/OU=backup/CN={name}", "-utf8")
        lines = extensions or ["basicConstraints=critical,CA:FALSE", "keyUsage=critical,digitalSignature",
                               "subjectKeyIdentifier=hash", *([f"extendedKeyUsage={usage}"] if usage else []),
                               *([f"subjectAltName={names}"] if names else [])]
        base.with_suffix(".ext").write_text("\n".join([*lines, "authorityKeyIdentifier=keyid"]) + "\n")
        self.run("ca", "-batch", "-notext", "-config", self.folder / "config", "-in", base.with_suffix(".csr"), "-out",
                 leaf.certificate, "-extfile", base.with_suffix(".ext"), "-utf8", *days)
        return leaf

    def revoke(self, leaf):
        self.run("ca", "-config", self.folder / "config", "-revoke", leaf.certificate)

    def revocation_list(self, *arguments):
        path = self.folder / "list.pem"
        self.run("ca", "-config", self.folder / "config", "-gencrl", "-out", self.folder / "list.new", *arguments)
        (self.folder / "list.new").replace(path)
        return path


class Leaf:
    def __init__(self, certificate, key):
        self.certificate, self.key = certificate, key
