package dev.tokentape.processor.fold;

import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.avro.ResponseMetrics;

/** A whole answer and its figures. */
record EndedResponse(Response response, ResponseMetrics metrics) {}
