using System.Text.Json.Nodes;

namespace Platform.Publishing.Changes;

/// <summary>Which side of a conflict is taken.</summary>
public enum MergeSide
{
    Mine,
    Theirs,
}

/// <summary>An element that both sides have made different.</summary>
/// <param name="Address">As <see cref="DocumentElements"/> writes it.</param>
/// <param name="Base">As it was for both; null where it was not there.</param>
/// <param name="Mine">Null where it was taken out.</param>
public sealed record MergeConflict(string Address, string Title, string? Base, string? Mine, string? Theirs);

/// <param name="Merged">Conflicts nobody has decided stand as they are on one's own side.</param>
/// <param name="Conflicts">Those that nobody has decided.</param>
public sealed record Merging(JsonNode? Merged, IReadOnlyList<MergeConflict> Conflicts);

/// <summary>Three-way merge of a document by element. One element changed on both sides is a conflict, never merged further: half of one condition and half of another is a condition nobody has written.</summary>
public sealed class MergeDocuments
{
    private readonly DocumentElements _base, _mine, _theirs;
    private readonly IReadOnlyDictionary<string, MergeSide> _decided;
    private readonly Dictionary<string, JsonNode?> _nodes = new(StringComparer.Ordinal);
    private readonly List<MergeConflict> _conflicts = [];

    private MergeDocuments(string kind, (JsonNode? Base, JsonNode? Mine, JsonNode? Theirs) of, IReadOnlyDictionary<string, MergeSide> decided)
    {
        _base = DocumentElements.Of(kind, of.Base, of.Mine, of.Theirs);
        _mine = DocumentElements.Of(kind, of.Mine, of.Base, of.Theirs);
        _theirs = DocumentElements.Of(kind, of.Theirs, of.Base, of.Mine);
        _decided = decided;
    }

    /// <param name="decided">What a person has chosen, by address.</param>
    public static Merging Of(string kind, (JsonNode? Base, JsonNode? Mine, JsonNode? Theirs) of, IReadOnlyDictionary<string, MergeSide>? decided = null) =>
        new MergeDocuments(kind, of, decided ?? new Dictionary<string, MergeSide>()).Run();

    private Merging Run()
    {
        foreach (var address in _base.Nodes.Keys.Union(_mine.Nodes.Keys, StringComparer.Ordinal).Union(_theirs.Nodes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)) Element(address);
        var orders = _base.Orders.Keys.Union(_mine.Orders.Keys, StringComparer.Ordinal).Union(_theirs.Orders.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(Stays).ToDictionary(list => list, Order, StringComparer.Ordinal);
        Orphans();
        return new Merging(BuildDocument.Of(_nodes, orders, [_mine, _theirs, _base]), _conflicts);
    }

    private void Element(string address)
    {
        var (was, mine, theirs) = (Value(_base, address), Value(_mine, address), Value(_theirs, address));
        if (mine == theirs || theirs == was) Take(_mine, address);
        else if (mine == was) Take(_theirs, address);
        else Decide(address, new MergeConflict(address, ElementTitles.Of(address, _mine, _theirs, _base), was, mine, theirs));
    }

    private void Decide(string address, MergeConflict conflict)
    {
        if (!_decided.TryGetValue(address, out var side)) _conflicts.Add(conflict);
        Take(side == MergeSide.Theirs ? _theirs : _mine, address);
    }

    private void Take(DocumentElements side, string address)
    {
        if (side.Nodes.TryGetValue(address, out var node)) _nodes[address] = node;
    }

    /// <summary>What stands inside an element that the other side has taken out.</summary>
    private void Orphans()
    {
        foreach (var address in _nodes.Keys.Where(a => a.EndsWith(']')).ToList())
            if (Parent(address) is { } parent && !_nodes.ContainsKey(parent) && _conflicts.TrueForAll(c => c.Address != parent) && !_decided.ContainsKey(parent))
                _conflicts.Add(new MergeConflict(parent, ElementTitles.Of(parent, _mine, _theirs, _base), Value(_base, parent), Value(_mine, parent), Value(_theirs, parent)));
    }

    /// <summary>The element around a list's entry; null for entries of the document itself.</summary>
    private static string? Parent(string address) => address.LastIndexOf("].", StringComparison.Ordinal) is > 0 and var end ? address[..(end + 1)] : null;

    private IReadOnlyList<string> Order(string list)
    {
        var (was, mine, theirs) = (OrderOf(_base, list), OrderOf(_mine, list), OrderOf(_theirs, list));
        var address = list + "#";
        var (mineMoved, theirsMoved) = (MergeOrder.Moved(was, mine), MergeOrder.Moved(was, theirs));
        var side = mineMoved ? MergeSide.Mine : theirsMoved ? MergeSide.Theirs : (MergeSide?)null;
        if (mineMoved && theirsMoved && !MergeOrder.Same(was, mine, theirs))
        {
            if (_decided.TryGetValue(address, out var chosen)) side = chosen;
            else _conflicts.Add(new MergeConflict(address, ElementTitles.Order(list, _mine, _theirs, _base), string.Join("、", was), string.Join("、", mine), string.Join("、", theirs)));
        }
        return MergeOrder.Of(was, mine, theirs, side);
    }

    /// <summary>Whether there is still such a list, if only an empty one.</summary>
    private bool Stays(string list)
    {
        var (was, mine, theirs) = (_base.Orders.ContainsKey(list), _mine.Orders.ContainsKey(list), _theirs.Orders.ContainsKey(list));
        return (mine == theirs || theirs == was ? mine : theirs) || _nodes.Keys.Any(a => a.StartsWith(list + "[", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> OrderOf(DocumentElements of, string list) => of.Orders.GetValueOrDefault(list, []);

    private static string? Value(DocumentElements of, string address) => of.Nodes.TryGetValue(address, out var node) ? DocumentElements.Canonical(node) : null;
}

/// <summary>Merges the order of a list's entries.</summary>
public static class MergeOrder
{
    /// <summary>Whether entries that were there have changed places among each other.</summary>
    public static bool Moved(IReadOnlyList<string> was, IReadOnlyList<string> now) => !was.Where(now.Contains).SequenceEqual(now.Where(was.Contains), StringComparer.Ordinal);

    /// <summary>Whether both sides have the entries of before in one order.</summary>
    public static bool Same(IReadOnlyList<string> was, IReadOnlyList<string> mine, IReadOnlyList<string> theirs)
    {
        var common = was.Where(mine.Contains).Where(theirs.Contains).ToHashSet(StringComparer.Ordinal);
        return mine.Where(common.Contains).SequenceEqual(theirs.Where(common.Contains), StringComparer.Ordinal);
    }

    /// <summary>Every entry of any side: those of before as the side has them that moved them, each new one behind the entry it was put behind. Whose side is mine makes no difference.</summary>
    /// <param name="moved">Whose order holds; null where nobody moved anything.</param>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> was, IReadOnlyList<string> mine, IReadOnlyList<string> theirs, MergeSide? moved)
    {
        var side = moved switch { MergeSide.Mine => mine, MergeSide.Theirs => theirs, _ => was };
        IReadOnlyList<string> standing = [.. side.Where(was.Contains), .. was.Where(id => !side.Contains(id))];
        var runs = Runs(was, mine).Concat(Runs(was, theirs)).OrderBy(r => r.Ids[0], StringComparer.Ordinal).ThenByDescending(r => r.Ids.Count).ToLookup(r => r.Behind, r => r.Ids, StringComparer.Ordinal);
        return [.. runs[""].SelectMany(r => r).Concat(standing.SelectMany(id => runs[id].SelectMany(r => r).Prepend(id))).Distinct(StringComparer.Ordinal)];
    }

    private static List<(string Behind, List<string> Ids)> Runs(IReadOnlyList<string> was, IReadOnlyList<string> now)
    {
        var (runs, behind) = (new List<(string Behind, List<string> Ids)>(), "");
        foreach (var id in now)
        {
            if (was.Contains(id)) behind = id;
            else if (runs.Count > 0 && runs[^1].Behind == behind) runs[^1].Ids.Add(id);
            else runs.Add((behind, [id]));
        }
        return runs;
    }
}
