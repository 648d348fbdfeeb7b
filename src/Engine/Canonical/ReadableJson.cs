using System.Text.Encodings.Web;
using System.Text.Json;

namespace Engine.Canonical;

/// <summary>How documents are written for people to read: indented, Chinese as it is. What is hashed or signed is <see cref="CanonicalJson"/>.</summary>
public static class ReadableJson
{
    public static JsonSerializerOptions Options { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
