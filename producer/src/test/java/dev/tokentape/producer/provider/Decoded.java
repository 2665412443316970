package dev.tokentape.producer.provider;

import dev.tokentape.producer.provider.http.RecordedBody;
import dev.tokentape.schemas.avro.Block;
import dev.tokentape.schemas.avro.BlockType;
import dev.tokentape.schemas.avro.Response;
import dev.tokentape.schemas.event.ResponseAssembler;
import dev.tokentape.schemas.event.TokenEvent;
import dev.tokentape.schemas.json.ResponseJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A body that has been decoded: its events, and the answer that they make. */
public record Decoded(List<TokenEvent> events, Response response) {

    public static Decoded of(String api, String body) {
        return of(api, body.getBytes(StandardCharsets.UTF_8), 0);
    }

    public static Decoded of(String api, byte[] body, int chunkBytes) {
        List<TokenEvent> events = new ArrayList<>();
        RecordedBody.decode(api, body, chunkBytes, events::add);
        ResponseAssembler assembler = new ResponseAssembler("recorded", "recorded");
        events.forEach(assembler::accept);
        return new Decoded(events, assembler.toResponse());
    }

    public TokenEvent last() {
        return events.getLast();
    }

    public List<Block> blocks(BlockType type) {
        return response.getBlocks().stream()
                .filter(block -> block.getType() == type)
                .toList();
    }

    public String text(BlockType type, int choice) {
        return blocks(type).stream()
                .filter(block -> block.getChoiceIndex() == choice)
                .map(Block::getText)
                .collect(Collectors.joining());
    }

    public String thinking() {
        return ResponseJson.thinking(response);
    }
}
