"""One file per score: what it is given, the call, the tables it fills. The mathematics is in models/."""
