package dev.tokentape.producer.provider.turns;

import dev.tokentape.producer.provider.api.UnsupportedRequestException;
import dev.tokentape.schemas.avro.Part;
import dev.tokentape.schemas.avro.PartType;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Pictures and sounds as every API takes them: what a {@code data:} address holds as data, and media types by their
 * registered names. Vendors refuse a picture whose type is not what its first bytes say, so these decide.
 */
final class Media {

    private static final Pattern DATA_ADDRESS =
            Pattern.compile("data:([^,;]*)((?:;[^,;]*)*?)(;base64)?,", Pattern.CASE_INSENSITIVE);
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private static final Map<String, String> REGISTERED = Map.of(
            "image/jpg", "image/jpeg",
            "image/pjpeg", "image/jpeg",
            "image/x-png", "image/png",
            "audio/mp3", "audio/mpeg",
            "audio/x-mp3", "audio/mpeg",
            "audio/wave", "audio/wav",
            "audio/x-wav", "audio/wav",
            "audio/vnd.wave", "audio/wav");

    /** The first characters of base64 by what they are of. */
    private static final Map<String, String> BEGINNINGS = Map.of(
            "iVBORw0KGgo", "image/png",
            "/9j/", "image/jpeg",
            "R0lGOD", "image/gif",
            "UklGR", "image/webp");

    private Media() {}

    static Part fit(Part media) {
        String data = media.getData();
        String url = media.getUrl();
        String type = media.getMediaType();
        if (url != null && url.regionMatches(true, 0, "data:", 0, "data:".length())) {
            Matcher address = DATA_ADDRESS.matcher(url);
            if (!address.lookingAt()) {
                throw new UnsupportedRequestException("messages", "a data: address has no comma before its data");
            }
            String content = url.substring(address.end());
            data = address.group(3) != null ? decoded(content) : base64Of(decoded(content));
            type = address.group(1).isBlank() ? type : address.group(1);
            url = null;
        }
        if (data != null && SPACE.matcher(data).find()) {
            data = SPACE.matcher(data).replaceAll("");
        }
        type = type == null ? null : registered(type);
        if (data != null && media.getType() == PartType.IMAGE) {
            type = told(data, type);
        }
        return Part.newBuilder(media)
                .setData(data)
                .setUrl(url)
                .setMediaType(type)
                .build();
    }

    private static String registered(String type) {
        String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return REGISTERED.getOrDefault(bare, bare);
    }

    private static @Nullable String told(String data, @Nullable String type) {
        return BEGINNINGS.entrySet().stream()
                .filter(beginning -> data.startsWith(beginning.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(type);
    }

    /** Percent signs are no base64, so what has none is what it stands for. */
    private static String decoded(String content) {
        if (content.indexOf('%') < 0) {
            return content;
        }
        try {
            return URLDecoder.decode(content.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            UnsupportedRequestException malformed =
                    new UnsupportedRequestException("messages", "a data: address is malformed");
            malformed.initCause(e);
            throw malformed;
        }
    }

    private static String base64Of(String bytes) {
        return Base64.getEncoder().encodeToString(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }
}
