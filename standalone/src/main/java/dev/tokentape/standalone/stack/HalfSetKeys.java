package dev.tokentape.standalone.stack;

import dev.tokentape.schemas.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Vendors of which some variables are set that a shell may have for other purposes, but not all that a call needs.
 * Whoever does not ask for them is not stopped by them; who names one, by {@code providers} or as the default, hears
 * what is missing.
 */
final class HalfSetKeys {

    private HalfSetKeys() {}

    /** What each of them lacks, by the vendor's name. */
    static Map<String, String> of(Settings user) {
        Map<String, String> lacking = new LinkedHashMap<>();
        String azure = azure(user);
        String bedrock = bedrock(user);
        if (azure != null && !isAskedFor(user, "azure-openai")) {
            lacking.put("azure-openai", azure);
        }
        if (bedrock != null && !isAskedFor(user, "bedrock")) {
            lacking.put("bedrock", bedrock);
        }
        return lacking;
    }

    private static @Nullable String azure(Settings user) {
        boolean address = user.givenValue("provider.azure-openai.base-url") != null;
        return user.secret("AZURE_OPENAI_API_KEY") != null && !address
                ? "AZURE_OPENAI_API_KEY is set, but not where it is: provider.azure-openai.base-url (%s)"
                        .formatted(Settings.variableOf("provider.azure-openai.base-url"))
                : null;
    }

    private static @Nullable String bedrock(Settings user) {
        boolean token = user.secret("AWS_BEARER_TOKEN_BEDROCK") != null;
        boolean id = user.secret("AWS_ACCESS_KEY_ID") != null;
        boolean address = user.givenValue("provider.bedrock.base-url") != null;
        boolean region = Stream.of(
                                user.givenValue("provider.bedrock.region"),
                                user.secret("AWS_REGION"),
                                user.secret("AWS_DEFAULT_REGION"))
                        .anyMatch(value -> value != null)
                || address;
        if (id && !token && user.secret("AWS_SECRET_ACCESS_KEY") == null) {
            return "AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY";
        }
        return (token || id) && !region
                ? "%s is set, but no region: AWS_REGION or provider.bedrock.region"
                        .formatted(token ? "AWS_BEARER_TOKEN_BEDROCK" : "AWS_ACCESS_KEY_ID")
                : null;
    }

    private static boolean isAskedFor(Settings user, String vendor) {
        return user.givenValue("providers") != null
                        && user.list("providers", "").contains(vendor)
                || vendor.equals(user.givenValue("gateway.default-provider"));
    }
}
