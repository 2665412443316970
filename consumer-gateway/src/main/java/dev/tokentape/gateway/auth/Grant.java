package dev.tokentape.gateway.auth;

import dev.tokentape.gateway.problem.Problem;
import dev.tokentape.gateway.problem.ProblemException;
import dev.tokentape.gateway.stream.FrameFilter;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody may do here.
 *
 * @param subject who; null where nobody is asked who they are
 * @param conversations patterns of conversation ids, {@code *} standing for any characters
 * @param seesThinking whether what models think is shown
 * @param expiresAt when it ends; null for never
 */
public record Grant(
        @Nullable String subject,
        Set<Scope> scopes,
        List<String> conversations,
        boolean seesThinking,
        @Nullable Instant expiresAt) {

    private static final int MOST_TOLD = 20;

    public Grant {
        scopes = Set.copyOf(scopes);
        conversations = List.copyOf(conversations);
    }

    /** Of those who are not asked who they are. */
    static Grant ofAnybody(boolean seesThinking) {
        return new Grant(null, EnumSet.allOf(Scope.class), List.of("*"), seesThinking, null);
    }

    /** @throws ProblemException unless this may be done in this conversation */
    public void require(Scope scope, String conversationId) {
        require(scope);
        if (!reaches(conversationId)) {
            throw new Problem(
                            "conversation-not-allowed",
                            "The token is not for this conversation",
                            403,
                            "the conversation '%s' matches none of the patterns in the token: %s"
                                    .formatted(
                                            conversationId,
                                            conversations.isEmpty() ? "it has none" : String.join(", ", told())))
                    .withMember("conversations", told())
                    .withHeader("WWW-Authenticate", "Bearer realm=\"tokentape\", error=\"insufficient_scope\"")
                    .asException();
        }
    }

    /** @throws ProblemException unless this may be done in some conversation */
    public void require(Scope scope) {
        if (!scopes.contains(scope)) {
            throw new Problem(
                            "scope-missing",
                            "The token does not allow this",
                            403,
                            "this needs the scope '%s', which the token does not have".formatted(scope.word()))
                    .withHeader(
                            "WWW-Authenticate",
                            "Bearer realm=\"tokentape\", error=\"insufficient_scope\", scope=\"%s\""
                                    .formatted(scope.word()))
                    .asException();
        }
    }

    /** Whether it is for every conversation there is. */
    public boolean reachesAll() {
        return conversations.contains("*");
    }

    /**
     * Where to go on in a list of conversations, in the order of their ids, to find those that it is for.
     *
     * @return {@code after} or a place behind it that is no id itself; null if nothing of interest follows
     */
    public @Nullable String skip(String after) {
        return Reach.skip(conversations, after);
    }

    /** Whether this may be done in this conversation. */
    public boolean allows(Scope scope, String conversationId) {
        return scopes.contains(scope) && reaches(conversationId);
    }

    /** What is shown of a stream; of its own for each subscription. */
    public FrameFilter filter() {
        return seesThinking ? FrameFilter.ALL : new HiddenThinking();
    }

    /** An answer, or whatever holds answers, as JSON, without what is not shown. */
    public byte[] shown(byte[] json) {
        return seesThinking ? json : HiddenThinking.without(json);
    }

    /** The first of its patterns; whoever holds the token can read them there. */
    private List<String> told() {
        return conversations.stream().limit(MOST_TOLD).toList();
    }

    private boolean reaches(String conversationId) {
        for (String pattern : conversations) {
            if (matches(pattern, conversationId)) {
                return true;
            }
        }
        return false;
    }

    /** Two fingers, and one place to go back to: linear in practice, never worse than the product of the lengths. */
    static boolean matches(String pattern, String id) {
        int p = 0;
        int i = 0;
        int star = -1;
        int retry = 0;
        while (i < id.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = i;
            } else if (p < pattern.length() && pattern.charAt(p) == id.charAt(i)) {
                p++;
                i++;
            } else if (star >= 0) {
                p = star + 1;
                i = ++retry;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
