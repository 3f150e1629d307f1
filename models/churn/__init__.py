"""Who is about to leave: a calibrated classifier, its test, and the forecast made of them. Their worth is not here."""
