package dev.tokentape.producer.provider.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tokentape.producer.provider.api.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** How long a provider asks to wait before the next try: in headers, or, as Gemini does, in the error's details. */
final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("(\\d{1,6})(?:\\.(\\d{1,9}))?s?");
    private static final Duration LONGEST = Duration.ofDays(1);

    private RetryAfter() {}

    /** @return the longest of what is told, at most a day; null where nothing is */
    static @Nullable Duration in(Response response, String body, Instant now) {
        String millis = response.header("retry-after-ms");
        Duration told = millis == null || !millis.strip().matches("\\d{1,9}")
                ? null
                : Duration.ofMillis(Long.parseLong(millis.strip()));
        String header = response.header("retry-after");
        if (header != null) {
            Duration seconds = seconds(header.strip());
            told = longer(told, seconds == null ? until(header.strip(), now) : seconds);
        }
        told = longer(told, inDetails(body));
        return told != null && told.compareTo(LONGEST) > 0 ? LONGEST : told;
    }

    private static @Nullable Duration inDetails(String body) {
        JsonNode parsed;
        try {
            parsed = Json.parse(body);
        } catch (JsonProcessingException _) {
            return null;
        }
        JsonNode error = parsed.isArray() ? parsed.path(0).path("error") : parsed.path("error");
        Duration told = null;
        for (JsonNode detail : error.path("details")) {
            String delay = Json.text(detail, "retryDelay");
            told = longer(told, delay == null ? null : seconds(delay));
        }
        return told;
    }

    private static @Nullable Duration seconds(String text) {
        Matcher matcher = SECONDS.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        String fraction = matcher.group(2) == null ? "" : matcher.group(2);
        return Duration.ofSeconds(
                Long.parseLong(matcher.group(1)), Long.parseLong((fraction + "000000000").substring(0, 9)));
    }

    private static @Nullable Duration until(String date, Instant now) {
        try {
            Duration left = Duration.between(
                    now,
                    ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return left.isNegative() ? Duration.ZERO : left;
        } catch (DateTimeParseException _) {
            return null;
        }
    }

    private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
        return one == null || other != null && other.compareTo(one) > 0 ? other : one;
    }
}
