import S3Wire
import SigV4

/// Runs a parser, turning what it throws into the exchange's failure.
func wire<T>(_ body: () throws(S3WireError) -> T) throws(ExchangeFailure) -> T {
  do throws(S3WireError) { return try body() } catch { throw .wire(error) }
}

/// Runs a check of signatures or digests, turning what it throws into the exchange's failure.
func signed<T>(_ body: () throws(SigV4Error) -> T) throws(ExchangeFailure) -> T {
  do throws(SigV4Error) { return try body() } catch { throw .signature(error) }
}
