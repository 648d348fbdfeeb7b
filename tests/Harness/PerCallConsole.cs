using System.Text;

namespace Harness;

/// <summary>The console of verbs that run in the test's process: what one call writes is its own, however many run at once.</summary>
internal static class PerCallConsole
{
    private static readonly AsyncLocal<(TextReader In, TextWriter Out, TextWriter Error)?> Call = new();

    static PerCallConsole()
    {
        Console.SetOut(new Writer(Console.Out, call => call.Out));
        Console.SetError(new Writer(Console.Error, call => call.Error));
        Console.SetIn(new Reader());
    }

    public static async Task<(int Exit, string Output, string Error)> RunAsync(Func<Task<int>> verb, string? input)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        Call.Value = (new StringReader(input is null ? "" : input + Environment.NewLine), TextWriter.Synchronized(output), TextWriter.Synchronized(error));
        return (await Task.Run(verb), output.ToString(), error.ToString());
    }

    private sealed class Writer(TextWriter otherwise, Func<(TextReader In, TextWriter Out, TextWriter Error), TextWriter> of) : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        private TextWriter Current => Call.Value is { } call ? of(call) : otherwise;

        public override void Write(char value) => Current.Write(value);

        public override void Write(string? value) => Current.Write(value);

        public override void Write(char[] buffer, int index, int count) => Current.Write(buffer, index, count);

        public override void WriteLine(string? value) => Current.WriteLine(value);
    }

    private sealed class Reader : TextReader
    {
        public override int Read() => Call.Value is { } call ? call.In.Read() : -1;

        public override int Peek() => Call.Value is { } call ? call.In.Peek() : -1;

        public override string? ReadLine() => Call.Value is { } call ? call.In.ReadLine() : null;
    }
}
