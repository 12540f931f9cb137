/** Between the top and the rows around one's own: whoever stands there is not shown. */
export function GapRow() {
  return (
    <tr>
      <td colSpan={3} className="h-8 text-center align-middle">
        <span className="flex items-center gap-3 text-xs font-bold text-bark before:h-px before:flex-1 before:bg-[#d9bb8b] after:h-px after:flex-1 after:bg-[#d9bb8b]">
          Around you
        </span>
      </td>
    </tr>
  );
}
