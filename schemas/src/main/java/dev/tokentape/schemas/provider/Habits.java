package dev.tokentape.schemas.provider;

import java.util.Set;

/**
 * What a server of an API wants or tells otherwise than others that speak the same API.
 *
 * @param kind whether it is the API's vendor, one that is strict in its own way, or one that takes what most take
 * @param thoughts in which form its models' thinking comes and goes back
 * @param callIds which ids of tool calls it takes
 * @param severalVendors whether the models behind it may be of several vendors
 * @param refusedFields fields of a request that it refuses, of those that others take
 */
public record Habits(
        Kind kind, Thoughts thoughts, CallIdForm callIds, boolean severalVendors, Set<String> refusedFields) {

    /** What it takes of a conversation. */
    public enum Kind {
        /** The API's own vendor. */
        VENDOR,
        /** One that speaks the API, and takes what chat templates mostly take. */
        COMPATIBLE,
        /** As most, but none that goes on from words of the assistant's. */
        USER_LAST,
        /** One that wants turns in Mistral's order, and is told which message is the beginning of its answer. */
        STRICT_ORDER
    }

    /** How thinking is told, beside what the API itself has for it. */
    public enum Thoughts {
        PLAIN,
        /** Told as text, which is wanted back with the calls that it led to. */
        ALOUD,
        /** In OpenRouter's {@code reasoning_details}. */
        DETAILS,
        /** In LiteLLM's {@code thinking_blocks}. */
        BLOCKS,
        /** In signatures of Google's, within calls. */
        SIGNED_CALLS
    }

    /** The API's own vendor. OpenAI takes ids of 40 characters at most; other vendors' rules stand with their APIs. */
    public static final Habits VENDOR = new Habits(Kind.VENDOR, Thoughts.PLAIN, CallIdForm.atMost(40), false, Set.of());

    /** A server of which no more is known than that it speaks the API. */
    public static final Habits COMPATIBLE = new Habits(Kind.COMPATIBLE, Thoughts.PLAIN, CallIdForm.ANY, true, Set.of());

    /** One vendor's models, which think aloud. */
    public static final Habits THINKS_ALOUD =
            new Habits(Kind.COMPATIBLE, Thoughts.ALOUD, CallIdForm.ANY, false, Set.of());

    public Habits {
        refusedFields = Set.copyOf(refusedFields);
    }

    public boolean isVendor() {
        return kind == Kind.VENDOR;
    }

    public boolean wantsStrictOrder() {
        return kind == Kind.STRICT_ORDER;
    }

    /** Whether it goes on from no words of the assistant's. */
    public boolean beginsItsAnswers() {
        return kind == Kind.USER_LAST;
    }

    public boolean refuses(String field) {
        return refusedFields.contains(field);
    }

    public Habits withThoughts(Thoughts form) {
        return new Habits(kind, form, callIds, severalVendors, refusedFields);
    }

    public Habits withCallIds(CallIdForm form) {
        return new Habits(kind, thoughts, form, severalVendors, refusedFields);
    }
}
