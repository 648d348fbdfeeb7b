using System.Runtime.InteropServices;

namespace Engine.Documents;

/// <summary>The subset functions of the HarfBuzz library that ships with the native assets.</summary>
internal static class HarfBuzz
{
    public const uint NoHinting = 1;

    /// <summary>Before the first and after the last member of a set.</summary>
    public const uint SetEnd = uint.MaxValue;

    private const string Library = "libHarfBuzzSharp";

    [DllImport(Library, EntryPoint = "hb_blob_create_from_file_or_fail")]
    public static extern nint OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path);

    [DllImport(Library, EntryPoint = "hb_blob_get_data")]
    public static extern nint BlobData(nint blob, out uint length);

    [DllImport(Library, EntryPoint = "hb_blob_destroy")]
    public static extern void DestroyBlob(nint blob);

    [DllImport(Library, EntryPoint = "hb_face_create")]
    public static extern nint CreateFace(nint blob, uint index);

    [DllImport(Library, EntryPoint = "hb_face_make_immutable")]
    public static extern void MakeImmutable(nint face);

    [DllImport(Library, EntryPoint = "hb_face_collect_unicodes")]
    public static extern void CollectCodePoints(nint face, nint set);

    [DllImport(Library, EntryPoint = "hb_face_reference_blob")]
    public static extern nint BlobOf(nint face);

    [DllImport(Library, EntryPoint = "hb_face_destroy")]
    public static extern void DestroyFace(nint face);

    [DllImport(Library, EntryPoint = "hb_set_create")]
    public static extern nint CreateSet();

    [DllImport(Library, EntryPoint = "hb_set_add")]
    public static extern void Add(nint set, uint value);

    /// <summary>Moves to the next member; zero when there is none.</summary>
    [DllImport(Library, EntryPoint = "hb_set_next")]
    public static extern int Next(nint set, ref uint value);

    [DllImport(Library, EntryPoint = "hb_set_destroy")]
    public static extern void DestroySet(nint set);

    [DllImport(Library, EntryPoint = "hb_subset_input_create_or_fail")]
    public static extern nint CreateInput();

    [DllImport(Library, EntryPoint = "hb_subset_input_unicode_set")]
    public static extern nint CodePointsOf(nint input);

    [DllImport(Library, EntryPoint = "hb_subset_input_set_flags")]
    public static extern void SetFlags(nint input, uint flags);

    [DllImport(Library, EntryPoint = "hb_subset_or_fail")]
    public static extern nint Subset(nint face, nint input);

    [DllImport(Library, EntryPoint = "hb_subset_input_destroy")]
    public static extern void DestroyInput(nint input);
}
