package dev.tokentape.cli.client;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A delete that the gateway has taken.
 *
 * @param deletionId what the event that carries it out has as its response id
 * @param cursor a place before that event
 * @param json all that the gateway said
 */
public record Deleting(String deletionId, String cursor, JsonNode json) {}
