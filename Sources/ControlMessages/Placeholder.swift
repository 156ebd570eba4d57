// ControlMessages
