import ControlMessages
import TraceModel

extension MessageRecord {
  /// Whether the call is one that receives.
  var isReceive: Bool { call.hasPrefix("recv") }

  /// Whether the buffers hold a message: always for a send; for a receive only once it returned.
  var isFilled: Bool { !isReceive || result != nil }

  /// The control messages; nil when there is no buffer, or nothing was received into it yet.
  var readableControl: ControlDecoding? { isFilled ? control?.decoding : nil }
}
